namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// The claim codes. The entries have hashes of the stored hashes. An entry of an older version has none: its row is found by its holder and
/// time.
/// </summary>
internal sealed class ClaimTable() : ReplayedTable("claim", ["sha256"], ["holder", "made_at", "expires_at", "used_at", "ended_at"])
{
    private const int UsedAt = 3,
        EndedAt = 4;

    /// <summary>The keys of the codes that are neither used nor ended, by holder.</summary>
    private readonly Dictionary<string, string> _open = new(StringComparer.Ordinal);

    public override System.Collections.Immutable.ImmutableArray<string> Kinds => CredentialAct.Kinds;

    public override void Apply(in ReplayedEntry entry) => Apply(CredentialAct.From(entry));

    /// <summary>Changes the expected rows as an act says.</summary>
    public void Apply(in CredentialAct act)
    {
        if (act.Kind == LedgerKinds.ClaimUsed && _open.Remove(act.Holder!, out var used))
            Find(used)![UsedAt] = Held.Text(act.At);
        else if (act.Kind == LedgerKinds.CredentialsIssued)
            EndMany(act);
        else if (act.Removes || act.IssuesSecret || act.Kind is LedgerKinds.CredentialEnded or LedgerKinds.ClaimMade)
            End(act.Holder!, Held.Text(act.At));
        if (act.Kind == LedgerKinds.ClaimMade)
            Make(act);
    }

    protected override string?[] Read(string?[] stored)
    {
        var older = ByTime(stored[1]!, stored[2]!);
        return Find(stored[0]!) is null && Find(older) is not null ? [older, .. stored[1..]] : stored;
    }

    private void Make(in CredentialAct act)
    {
        var key = act.Text("sha256") ?? ByTime(act.Holder!, act.At);
        _open[act.Holder!] = key;
        Expect(
            key,
            act.Entry,
            Held.Text(act.Holder),
            Held.Text(act.At),
            Held.Text(act.Text("expiresAt")),
            Held.Text(null),
            Held.Text(null)
        );
    }

    private void EndMany(in CredentialAct act)
    {
        if (act.Issued is { } issued)
        {
            foreach (var (holder, _, _) in issued)
                End(holder, Held.Text(act.At));
            return;
        }

        // An older version does not say whose codes it ended.
        foreach (var key in _open.Values)
            (Find(key)![UsedAt], Find(key)![EndedAt]) = (Held.NotHeld, Held.NotHeld);
        _open.Clear();
    }

    private void End(string holder, Held at)
    {
        if (_open.Remove(holder, out var key))
            Find(key)![EndedAt] = at;
    }

    private static string ByTime(string holder, string madeAt) => $"{holder} {madeAt}";
}
