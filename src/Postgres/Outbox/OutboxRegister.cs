using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Postgres.Outbox;

/// <summary>The outbox, in tables.</summary>
public sealed class OutboxRegister(NpgsqlDataSource database) : IOutbox
{
    /// <summary>How many messages of one webhook are attempted at once: a dead receiver must not keep the others waiting.</summary>
    private const int MostOfOneWebhook = 5;

    private const string AddTest = """
        with told as (
            insert into registry.occasion (message, kind, subject, at, body)
            select @message, @kind, @subject, @at, @body from registry.webhook where id = @webhook and ended_at is null
            returning id
        )
        insert into registry.delivery (occasion, webhook, next_at) select told.id, @webhook, @at from told
        """;

    // A second process that claims at the same time waits for the row, and finds that its time has not come any more.
    private const string ClaimMail = """
        with ranked as (
            select id, staff, next_at, row_number() over (partition by staff order by next_at, id) as number
            from registry.delivery
            where state = 'waiting' and staff is not null and next_at <= @now
        ),
        due as (
            select id from ranked
            where number + (
                select count(*) from registry.delivery sent
                where sent.staff = ranked.staff and sent.state = 'delivered' and sent.last_at > @hourAgo
            ) <= @perHour
            order by next_at, id
            limit @most
        )
        update registry.delivery set attempts = attempts + 1, next_at = @until, last_at = @now
        from registry.occasion, registry.mail_address mail
        where delivery.id in (select id from due) and state = 'waiting' and next_at <= @now
            and occasion.id = delivery.occasion and mail.staff = delivery.staff and mail.confirmed_at is not null
        returning delivery.id, attempts, message, kind, subject, at, address, stop_token as StopToken
        """;

    private const string ClaimWebhooks = """
        with ranked as (
            select delivery.id, next_at, row_number() over (partition by webhook order by next_at, delivery.id) as number
            from registry.delivery join registry.webhook on webhook.id = delivery.webhook
            where state = 'waiting' and next_at <= @now and ended_at is null
        ),
        due as (select id from ranked where number <= @ofOne order by next_at, id limit @most)
        update registry.delivery set attempts = attempts + 1, next_at = @until, last_at = @now
        from registry.occasion, registry.webhook
        where delivery.id in (select id from due) and state = 'waiting' and next_at <= @now
            and occasion.id = delivery.occasion and webhook.id = delivery.webhook
        returning delivery.id, attempts, message, body, webhook.id as Webhook, url, secret
        """;

    public Task AddAsync(Occasion occasion, string once, CancellationToken cancellationToken) =>
        database.ExecuteAsync(OutboxRows.Add, OutboxRows.Values(occasion, null, null, once), cancellationToken);

    public async Task<bool> AddTestAsync(string webhook, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var test = new Occasion(OccasionKind.Test, "", now);
        return await database.ExecuteAsync(
                AddTest,
                new
                {
                    message = OutboxRows.NewMessage(),
                    kind = Domain.Json.Word(test.Kind),
                    subject = test.Subject,
                    at = now.UtcDateTime,
                    body = OutboxRows.Body(test),
                    webhook,
                },
                cancellationToken
            ) > 0;
    }

    public async Task<ImmutableArray<MailDelivery>> ClaimMailAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<MailRow>(
            ClaimMail,
            new
            {
                now = now.UtcDateTime,
                hourAgo = now.UtcDateTime.AddHours(-1),
                until = (now + IOutbox.Lease).UtcDateTime,
                perHour = IOutbox.MailsPerHour,
                most,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.Delivery()).OrderBy(delivery => delivery.Id)];
    }

    public async Task<ImmutableArray<WebhookDelivery>> ClaimWebhooksAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<WebhookDelivery>(
            ClaimWebhooks,
            new
            {
                now = now.UtcDateTime,
                until = (now + IOutbox.Lease).UtcDateTime,
                ofOne = MostOfOneWebhook,
                most,
            },
            cancellationToken
        );
        return [.. rows.OrderBy(delivery => delivery.Id)];
    }

    public Task ConcludeAsync(long delivery, int attempts, DeliveryResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        var next = result.End == DeliveryEnd.Failed ? RetrySchedule.NextAttempt(attempts, now) : null;
        var state = result.End == DeliveryEnd.Delivered ? "delivered" : "given-up";
        return database.ExecuteAsync(
            """
            update registry.delivery set state = @state, next_at = @next, last_at = @now, last_result = @Word
            where id = @delivery and (attempts = @attempts or @state = 'delivered') and state = 'waiting'
            """,
            new
            {
                delivery,
                attempts,
                state = next is null ? state : "waiting",
                next = next?.UtcDateTime,
                now = now.UtcDateTime,
                result.Word,
            },
            cancellationToken
        );
    }

    public Task ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            update registry.delivery set state = 'given-up', next_at = null, last_result = coalesce(last_result, 'too-old')
            from registry.occasion
            where occasion.id = delivery.occasion and state = 'waiting' and at < @tooOld;
            delete from registry.occasion where at < @oldest
            """,
            new { tooOld = (now - IOutbox.MaxAge).UtcDateTime, oldest = (now - IOutbox.Retention).UtcDateTime },
            cancellationToken
        );

    public async Task<ImmutableArray<ListedDelivery>> ListAsync(int most, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<ListedRow>(
            """
            select message, kind, subject, at, webhook, state, attempts, next_at as NextAt, last_at as LastAt, last_result as LastResult
            from registry.delivery join registry.occasion on occasion.id = occasion
            where webhook is not null
            order by delivery.id desc
            limit @most
            """,
            new { most },
            cancellationToken
        );
        return [.. rows.Select(row => row.Delivery())];
    }

    private static Occasion Read(string kind, string subject, DateTime at) =>
        new(JsonRow.Word<OccasionKind>(kind), subject, new DateTimeOffset(at));

    private sealed record MailRow(
        long Id,
        int Attempts,
        string Message,
        string Kind,
        string Subject,
        DateTime At,
        string Address,
        string StopToken
    )
    {
        public MailDelivery Delivery() => new(Id, Attempts, Message, Read(Kind, Subject, At), Address, StopToken);
    }

    private sealed record ListedRow(
        string Message,
        string Kind,
        string Subject,
        DateTime At,
        string Webhook,
        string State,
        int Attempts,
        DateTime? NextAt,
        DateTime? LastAt,
        string? LastResult
    )
    {
        public ListedDelivery Delivery() => new(Message, Read(Kind, Subject, At), Webhook, State, Attempts, NextAt, LastAt, LastResult);
    }
}
