using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>What the broker asks at sign-in, read from the tables of devices, gateways and credentials.</summary>
public sealed class Enrolment(NpgsqlDataSource database) : IEnrolment
{
    public async Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken)
    {
        // Every sign-in runs this: one query, one round trip.
        var rows = (
            await database.QueryAsync<(
                int? Slot,
                string? Body,
                string? Profile,
                long? Number,
                string? Kind,
                byte[]? Sha256,
                bool HasEnded
            )>(
                """
                select holder.slot, holder.body, holder.profile, number, kind, sha256, ended_at is not null
                from (
                    select slot, body::text, null as profile, body->>'lifecycle' = 'removed' as is_removed
                    from registry.device where id = @id
                    union all
                    select null, null, profile, false from registry.gateway where id = @id and not removed
                ) holder
                left join registry.credential on credential.holder = @id and (ended_at is null or is_removed)
                order by number desc
                """,
                new { id },
                cancellationToken
            )
        ).ToArray();
        if (rows.Length == 0)
            return null;
        var (slot, body, profile, _, _, _, _) = rows[0];
        return new EnrolledClient(
            id,
            body is null ? null : JsonRow.Value<Device>(body) with { Number = slot!.Value },
            profile,
            Credentials(hasEnded: false)
        )
        {
            EndedCredentials = [.. Credentials(hasEnded: true).Take(EnrolledClient.MaxEnded)],
        };

        ImmutableArray<Credential> Credentials(bool hasEnded) =>
            [
                .. rows.Where(row => row.Number is not null && row.HasEnded == hasEnded)
                    .Select(row => new Credential(row.Number!.Value, JsonRow.Word<CredentialKind>(row.Kind!), [.. row.Sha256!])),
            ];
    }

    public async Task<Device?> FindBehindAsync(string gateway, string deviceId, CancellationToken cancellationToken) =>
        (await DevicesAsync("gateway = @gateway and id = @deviceId", new { gateway, deviceId }, cancellationToken)).FirstOrDefault();

    public Task<ImmutableArray<Device>> ListBehindAsync(string gateway, CancellationToken cancellationToken) =>
        DevicesAsync("gateway = @gateway", new { gateway }, cancellationToken);

    private async Task<ImmutableArray<Device>> DevicesAsync(string condition, object values, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(int Number, string Body)>(
            $"select slot, body::text from registry.device where {condition} order by id",
            values,
            cancellationToken
        );
        return [.. rows.Select(row => JsonRow.Value<Device>(row.Body) with { Number = row.Number })];
    }
}
