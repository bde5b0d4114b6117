using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

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

    public Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<(long, string)>.Empty);

    public Task<ImmutableDictionary<long, string>> DocumentHashesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableDictionary<long, string>.Empty);

    public Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<(int, long, ReadOnlyMemory<byte>)>.Empty);
}
