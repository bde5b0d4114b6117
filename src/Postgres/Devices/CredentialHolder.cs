using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>A device or gateway that has credentials.</summary>
/// <param name="Device">The device; null for a gateway.</param>
internal sealed record CredentialHolder(string Id, Device? Device)
{
    /// <summary>Returns the holder with an id; null when none is registered, or when it was removed.</summary>
    /// <param name="includeRemoved">Whether a removed holder is returned too.</param>
    public static async Task<CredentialHolder?> FindAsync(LedgerTransaction ledger, string id, bool includeRemoved = false)
    {
        var rows = await ledger.QueryAsync<(string? Body, bool IsGateway)>(
            """
            select body::text, false from registry.device where id = @id and (@includeRemoved or body->>'lifecycle' <> 'removed')
            union all
            select null, true from registry.gateway where id = @id and (@includeRemoved or not removed)
            """,
            new { id, includeRemoved }
        );
        if (rows.Length == 0)
            return null;
        var body = rows.Single().Body;
        return new CredentialHolder(id, body is null ? null : JsonRow.Value<Device>(body));
    }

    /// <summary>Returns the refusal for a holder that is not registered.</summary>
    public static Refusal NotFound(string id) => new("not-found", $"No device or gateway '{id}' is registered.");

    /// <summary>Records an act on its credentials: in the ledger, or among the acts of a mobile device.</summary>
    public Task RecordAsync(LedgerTransaction ledger, string kind, Attribution by, object details)
    {
        var body = JsonSerializer.SerializeToNode(details, Json.Options)!.AsObject();
        if (Device?.Fleet is null)
            body.Insert(0, Device is null ? "gateway" : "device", Id);
        return Device is null ? ledger.AppendAsync(kind, by, body) : ledger.RecordDeviceAsync(kind, by, Device, body);
    }
}
