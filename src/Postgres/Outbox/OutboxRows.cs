using System.Globalization;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Outbox;

/// <summary>Adds occasions to the outbox within the transaction of what they are about: both are committed, or neither.</summary>
internal static class OutboxRows
{
    /// <summary>
    /// Adds an occasion, and a delivery for each person and webhook that chose its kind. A person must have a role that it concerns, and is
    /// not the one who acted.
    /// </summary>
    public const string Add = """
        with told as (
            insert into registry.occasion (message, kind, subject, at, once, body)
            values (@message, @kind, @subject, @at, @once, @body)
            on conflict (once) do nothing
            returning id
        )
        insert into registry.delivery (occasion, staff, webhook, next_at)
        select told.id, mail.staff, null, @at
        from told cross join registry.mail_address mail join registry.staff on staff.id = mail.staff
        where @kind = any(mail.kinds) and mail.confirmed_at is not null and staff.is_active and not staff.is_program
            and staff.roles && @roles and (@only::text is null or staff.id = @only) and staff.id is distinct from @actor
        union all
        select told.id, null, webhook.id, @at
        from told cross join registry.webhook
        where @kind = any(webhook.kinds) and webhook.ended_at is null
        """;

    private const string MessageLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int MessageLength = 24;

    /// <summary>Adds an occasion to a transaction.</summary>
    /// <param name="only">The staff id of its only recipient; null for all staff with the roles of its kind.</param>
    /// <param name="once">What makes it the same as an earlier occasion, which then stays alone; null for a new one each time.</param>
    public static Task AddAsync(
        LedgerTransaction ledger,
        OccasionKind kind,
        string subject,
        Attribution by,
        string? only = null,
        string? once = null
    ) => ledger.ExecuteAsync(Add, Values(new Occasion(kind, subject, ledger.At), by.Staff, only, once));

    /// <summary>
    /// Adds what an act on a change request is for other people. Of a decision only the author gets mail; of a request that is handed over
    /// its new author.
    /// </summary>
    public static async Task AddAsync(LedgerTransaction ledger, ChangeRequest before, ChangeRequest after, ChangeAct act, Attribution by)
    {
        if (Occasion.Of(act) is not { } kind || act == ChangeAct.Withdrawn && before.State != ChangeState.Submitted)
            return;
        var only = act switch
        {
            ChangeAct.Approved or ChangeAct.Rejected => before.Author.Staff,
            ChangeAct.HandedOver => after.Author.Staff,
            ChangeAct.Submitted or ChangeAct.Withdrawn => null,
            ChangeAct.Drafted or ChangeAct.Revised or ChangeAct.Reopened => null,
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, null),
        };
        await AddAsync(ledger, kind, before.Id.ToString(CultureInfo.InvariantCulture), by, only);
    }

    /// <summary>The values of <see cref="Add"/>.</summary>
    public static object Values(Occasion occasion, string? actor, string? only, string? once) =>
        new
        {
            message = NewMessage(),
            kind = Json.Word(occasion.Kind),
            subject = occasion.Subject,
            at = occasion.At.UtcDateTime,
            once,
            body = Body(occasion),
            roles = Occasion.RolesOf(occasion.Kind).Select(Json.Word).ToArray(),
            only,
            actor,
        };

    /// <summary>A new message id. It is random, so that a restored registry gives none twice.</summary>
    public static string NewMessage() => "msg_" + RandomNumberGenerator.GetString(MessageLetters, MessageLength);

    /// <summary>What webhooks get, in the form of Standard Webhooks: type, timestamp and data.</summary>
    public static string Body(Occasion occasion) =>
        JsonRow.Body(
            new
            {
                type = TypeOf(occasion.Kind),
                timestamp = LedgerEntry.FormatTime(occasion.At),
                data = new { subject = occasion.Subject, path = occasion.Path },
            }
        );

    /// <summary>The kind in the form of Standard Webhooks: <c>change.submitted</c>.</summary>
    private static string TypeOf(OccasionKind kind)
    {
        var word = Json.Word(kind);
        return word.IndexOf('-', StringComparison.Ordinal) is > 0 and var first ? $"{word[..first]}.{word[(first + 1)..]}" : word;
    }
}
