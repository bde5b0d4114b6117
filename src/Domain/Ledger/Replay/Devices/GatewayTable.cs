using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>The gateways.</summary>
internal sealed class GatewayTable() : ReplayedTable("gateway", ["id"], ["department", "profile", "removed", "version", "entry"])
{
    private readonly Dictionary<string, (long Entry, int Version)> _made = new(StringComparer.Ordinal);

    public override ImmutableArray<string> Kinds => [LedgerKinds.GatewayRegistered, LedgerKinds.GatewayChanged];

    public override void Apply(in ReplayedEntry entry)
    {
        var id = entry.RequiredText("gateway");
        var isNew = entry.Kind == LedgerKinds.GatewayRegistered;
        var made = isNew ? (entry.Index, Version: 1) : (_made[id].Entry, Version: _made[id].Version + 1);
        _made[id] = made;
        var isRemoved = !isNew && entry.Body.GetProperty("removed").GetBoolean();
        Expect(
            id,
            made.Item1,
            Held.Text(entry.RequiredText("department")),
            Held.Text(entry.Text("profile")),
            Held.Text(isRemoved ? "true" : "false"),
            Held.Number(made.Version),
            Held.Number(made.Item1)
        );
    }
}
