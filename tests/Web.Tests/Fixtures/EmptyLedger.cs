using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// A ledger without entries, for tests of pages that only link to it. The ledger itself is tested in Postgres.Tests and Journeys.Tests.
/// </summary>
internal sealed class EmptyLedger : ILedgerLog
{
    public Task<LedgerHead> HeadAsync(CancellationToken cancellationToken) => Task.FromResult(new LedgerHead(0, []));

    public Task<byte[]?> HashesAsync(Tile tile, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    public Task<ImmutableArray<StoredEntry>> EntriesAsync(long from, int most, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<StoredEntry>.Empty);

    public Task<string> PublishCheckpointAsync(long size, string note, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(note);
}

/// <summary>Remembers the greatest signed head as long as the process runs.</summary>
internal sealed class InMemorySignedHeads : ISignedHeads
{
    private string? _note;

    public string? Greatest() => _note;

    public void Keep(long size, string note) => _note = note;
}
