using System.Collections.Immutable;
using System.Security.Cryptography;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Postgres.Outbox;

/// <summary>The mail addresses of staff, in a table.</summary>
public sealed class MailChoices(NpgsqlDataSource database) : IMailChoices
{
    private const string TokenLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int TokenLength = 32;

    public async Task<MailChoice?> FindAsync(string staff, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Address, string Kinds, bool IsConfirmed)>(
            """
            select address, array_to_string(kinds, ','), confirmed_at is not null from registry.mail_address where staff = @staff
            """,
            new { staff },
            cancellationToken
        );
        return rows.Length == 0 ? null : new MailChoice(rows[0].Address, Read(rows[0].Kinds), rows[0].IsConfirmed);
    }

    public Task SetAddressAsync(
        string staff,
        string address,
        ImmutableArray<OccasionKind> kinds,
        byte[] codeSha256,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        // What waits for the address before is erased with it. The link of its mails ends nothing any more.
        database.ExecuteAsync(
            """
            delete from registry.mail_address where staff = @staff;
            insert into registry.mail_address (staff, address, kinds, code_sha256, code_until, stop_token)
            select id, @address, @kinds, @codeSha256, @until, @token from registry.staff where id = @staff and is_active
            """,
            new
            {
                staff,
                address,
                kinds = Words(kinds),
                codeSha256,
                until = (now + IMailChoices.CodeValidity).UtcDateTime,
                token = RandomNumberGenerator.GetString(TokenLetters, TokenLength),
            },
            cancellationToken
        );

    public Task SetKindsAsync(string staff, ImmutableArray<OccasionKind> kinds, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "update registry.mail_address set kinds = @kinds where staff = @staff",
            new { staff, kinds = Words(kinds) },
            cancellationToken
        );

    public async Task<bool> ConfirmAsync(string staff, byte[] codeSha256, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ScalarAsync<bool?>(
            """
            update registry.mail_address
            set code_tries = code_tries + 1,
                confirmed_at = case when code_sha256 = @codeSha256 then @now end,
                code_sha256 = case when code_sha256 = @codeSha256 then null else code_sha256 end
            where staff = @staff and confirmed_at is null and code_until > @now and code_tries < @MaxCodeTries
            returning confirmed_at is not null
            """,
            new
            {
                staff,
                codeSha256,
                now = now.UtcDateTime,
                IMailChoices.MaxCodeTries,
            },
            cancellationToken
        ) ?? false;

    public Task EraseAsync(string staff, CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from registry.mail_address where staff = @staff", new { staff }, cancellationToken);

    public Task StopAsync(string token, CancellationToken cancellationToken) =>
        database.ExecuteAsync("delete from registry.mail_address where stop_token = @token", new { token }, cancellationToken);

    /// <summary>Reads the kinds of a row, with commas between their words.</summary>
    internal static ImmutableArray<OccasionKind> Read(string words) =>
        [.. words.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(JsonRow.Word<OccasionKind>)];

    private static string[] Words(ImmutableArray<OccasionKind> kinds) => [.. kinds.Distinct().Order().Select(Json.Word)];
}
