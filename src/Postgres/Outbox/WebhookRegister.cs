using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Postgres.Outbox;

/// <summary>The webhooks, in a table.</summary>
public sealed class WebhookRegister(NpgsqlDataSource database) : IWebhookRegister
{
    private const int MaxListed = 100;

    public async Task<ImmutableArray<Webhook>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>(
            $"""
            select id, url, array_to_string(kinds, ',') as Kinds, made_at as MadeAt, ended_at as EndedAt, ended_why as EndedWhy
            from registry.webhook
            order by ended_at is not null, made_at desc, id
            limit {MaxListed}
            """,
            null,
            cancellationToken
        );
        return [.. rows.Select(row => row.Webhook())];
    }

    public async Task<bool> AddAsync(Webhook webhook, string secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        return await database.ExecuteAsync(
                """
                insert into registry.webhook (id, url, secret, kinds, made_at)
                select @Id, @Url, @secret, @kinds, @at
                where (select count(*) from registry.webhook where ended_at is null) < @MaxWebhooks
                """,
                new
                {
                    webhook.Id,
                    webhook.Url,
                    secret,
                    kinds = webhook.Kinds.Select(Json.Word).ToArray(),
                    at = webhook.MadeAt.UtcDateTime,
                    IWebhookRegister.MaxWebhooks,
                },
                cancellationToken
            ) == 1;
    }

    public async Task<bool> EndAsync(string id, string why, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            """
            update registry.webhook set ended_at = @now, ended_why = @why, secret = null where id = @id and ended_at is null
            """,
            new
            {
                id,
                why,
                now = now.UtcDateTime,
            },
            cancellationToken
        ) == 1;

    private sealed record Row(string Id, string Url, string Kinds, DateTime MadeAt, DateTime? EndedAt, string? EndedWhy)
    {
        public Webhook Webhook() => new(Id, Url, MailChoices.Read(Kinds), MadeAt, EndedAt, EndedWhy);
    }
}
