using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;

namespace SurveillanceRegistry.Domain.Tests.Ledger.Replay;

/// <summary>Rows that the database prepares while something else is read.</summary>
public sealed class PreparedRowsTests
{
    [Fact]
    public async Task Rows_are_asked_for_before_they_are_read_and_come_in_their_order()
    {
        var snapshot = new Database(isSilent: false);
        await using var rows = new PreparedRows(snapshot, "device", TestContext.Current.CancellationToken);
        Assert.Equal("device", snapshot.Asked);
        var read = await rows.ReadAsync(TestContext.Current.CancellationToken).Select(row => row[0]).ToArrayAsync();
        Assert.Equal(["one", "two", "three"], read);
    }

    [Fact]
    public async Task Rows_that_never_came_end_with_the_verification()
    {
        var snapshot = new Database(isSilent: true);
        var rows = new PreparedRows(snapshot, "device", TestContext.Current.CancellationToken);
        await rows.DisposeAsync();
        Assert.True(snapshot.HasEnded);
    }

    [Fact]
    public async Task Rows_of_which_some_were_read_end_with_the_verification()
    {
        var snapshot = new Database(isSilent: false);
        await using (var rows = new PreparedRows(snapshot, "device", TestContext.Current.CancellationToken))
            Assert.Equal("one", (await rows.ReadAsync(TestContext.Current.CancellationToken).FirstAsync())[0]);
        Assert.True(snapshot.HasEnded);
    }

    /// <param name="isSilent">Whether no row ever comes.</param>
    private sealed class Database(bool isSilent) : ILedgerSnapshot
    {
        public string? Asked { get; private set; }

        public bool HasEnded { get; private set; }

        public async IAsyncEnumerable<string?[]> RowsAsync(string table, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Asked = table;
            try
            {
                if (isSilent)
                    await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                yield return ["one"];
                yield return ["two"];
                yield return ["three"];
            }
            finally
            {
                HasEnded = true;
            }
        }

        public Task<LedgerHead> HeadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<StoredEntry> EntriesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
