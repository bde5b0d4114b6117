using System.Globalization;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// The secrets and certificates with which devices and gateways sign in. The entries have hashes of the stored hashes, which are of no use
/// to sign in. Devices of fleets have acts instead of entries.
/// </summary>
internal sealed class CredentialTable(OlderEntries older)
    : ReplayedTable("credential", ["holder", "number"], ["kind", "sha256", "made_at", "not_after", "ended_at"])
{
    private const string Secret = "secret";

    /// <summary>The positions of the stored values.</summary>
    private const int Holder = 0,
        Number = 1,
        Kind = 2,
        MadeAt = 4,
        NotAfter = 5,
        EndedAt = 6,
        NextMadeAt = 7;

    /// <summary>The position of the end among the compared columns.</summary>
    private const int EndColumn = 4;

    private readonly Dictionary<string, string> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _removals = new(StringComparer.Ordinal);

    /// <summary>The times at which older versions gave many devices a secret without saying which.</summary>
    private readonly HashSet<string> _unnamed = new(StringComparer.Ordinal);

    /// <summary>When the first act on credentials was entered; null before.</summary>
    private string? _firstActAt;

    private string?[] _stored = [];

    public override System.Collections.Immutable.ImmutableArray<string> Kinds => CredentialAct.Kinds;

    public override bool IsPrepared => true;

    public override void Apply(in ReplayedEntry entry) => Apply(CredentialAct.From(entry));

    /// <summary>Changes the expected rows as an act says.</summary>
    public void Apply(in CredentialAct act)
    {
        if (!act.IsChange && string.CompareOrdinal(act.At, _firstActAt ?? act.At) <= 0)
            _firstActAt = act.At;
        if (act.Removes)
        {
            if (!_removals.TryGetValue(act.Holder!, out var removals))
                _removals[act.Holder!] = removals = [];
            removals.Add(act.At);
        }
        else if (act.Kind is LedgerKinds.CredentialIssued or LedgerKinds.ClaimUsed)
        {
            Issue(act, act.Holder!, act.Body.GetProperty("credential").GetInt64(), act.HeldText("sha256"));
        }
        else if (act.Kind == LedgerKinds.CredentialsIssued)
        {
            IssueMany(act);
        }
        else if (act.Kind == LedgerKinds.CredentialEnded)
        {
            _ends[Key(act.Holder!, act.Body.GetProperty("credential").GetInt64())] = act.At;
        }
    }

    protected override Held Value(string key, long entry, Held[] values, int column) =>
        column == EndColumn ? Held.Text(WithoutLateEnd(ExpectedEnd(key))) : values[column];

    // Stored: the columns, and when the holder's next secret was made.
    protected override string?[] Read(string?[] stored)
    {
        _stored = stored;
        return [.. stored[..EndedAt], WithoutLateEnd(stored[EndedAt])];
    }

    /// <summary>Secrets that older versions gave to many at once have no act, nor have those from before the first act.</summary>
    protected override bool IsOlder(string?[] stored) =>
        stored[Kind] == Secret
        && (_unnamed.Contains(stored[MadeAt]!) || !older.IsComplete && string.CompareOrdinal(stored[MadeAt], _firstActAt ?? "~") < 0);

    private void IssueMany(in CredentialAct act)
    {
        if (act.Issued is not { } issued)
        {
            _unnamed.Add(act.At);
            return;
        }

        foreach (var (holder, number, sha256) in issued)
            Issue(act, holder, number, Held.Text(sha256));
    }

    private void Issue(in CredentialAct act, string holder, long number, Held sha256)
    {
        var kind = act.Text("kind");
        // An entry of an older version does not say until when a certificate is valid.
        var notAfter = kind == Secret ? Held.Text(null) : act.HeldText("notAfter");
        Expect(Key(holder, number), act.Entry, Held.Text(kind), sha256, Held.Text(act.At), notAfter, default);
    }

    /// <summary>
    /// When the stored credential must have ended: by an act of its own, by the holder's next secret, or when its holder was removed.
    /// </summary>
    private string? ExpectedEnd(string key)
    {
        var madeAt = _stored[MadeAt]!;
        var removal = _removals.GetValueOrDefault(_stored[Holder]!)?.Find(at => string.CompareOrdinal(at, madeAt) > 0);
        string?[] ends = [_ends.GetValueOrDefault(key), removal, _stored[Kind] == Secret ? _stored[NextMadeAt] : null];
        return ends.Where(end => end is not null).Min(StringComparer.Ordinal);
    }

    /// <summary>
    /// An end of a certificate after its last day changes nothing. It may be there without an act: when the same certificate is registered
    /// again, also for another holder, the expired row is ended.
    /// </summary>
    private string? WithoutLateEnd(string? end) =>
        _stored[NotAfter] is { } notAfter && end is not null && string.CompareOrdinal(end, notAfter) >= 0 ? null : end;

    private static string Key(string holder, long number) => string.Create(CultureInfo.InvariantCulture, $"{holder} {number}");
}
