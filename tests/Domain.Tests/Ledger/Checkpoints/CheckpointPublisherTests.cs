using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;

namespace SurveillanceRegistry.Domain.Tests.Ledger.Checkpoints;

/// <summary>The registry never signs a shorter or another history than it signed before.</summary>
public sealed class CheckpointPublisherTests : IDisposable
{
    private const int Many = 700;

    private readonly ListLog _log = new();
    private readonly RememberedHead _signed = new();
    private readonly CheckpointPublisher _publisher;

    public CheckpointPublisherTests() => _publisher = new CheckpointPublisher(_log, new PlainSigner(), _signed);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _publisher.Dispose();

    [Fact]
    public async Task A_growing_ledger_is_signed_at_every_size_and_its_greatest_head_is_remembered()
    {
        foreach (var size in new[] { 0, 1, 2, 255, 256, 257, Many, Many })
        {
            _log.GrowTo(size);
            var (head, note) = (await _publisher.PublishAsync(default, Cancellation)).Value!;
            Assert.Equal((size, note), (head.Size, _signed.Greatest()));
            Assert.Equal(note, _log.Published[size]);
        }
    }

    [Theory]
    [InlineData(Many - 1)]
    [InlineData(256)]
    [InlineData(0)]
    public async Task A_ledger_that_was_cut_back_is_not_signed(int size)
    {
        await SignAsync(Many);
        _log.CutTo(size);
        var refusal = Assert.Single((await _publisher.PublishAsync(default, Cancellation)).Refusals);
        Assert.StartsWith(
            $"The ledger in the database has {size} entries, and this registry has signed {Many} entries. Nothing more is signed. ",
            refusal.Sentence,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(size, _log.Published.Keys);
        Assert.NotNull(await _publisher.CheckAsync(Cancellation));
    }

    [Theory]
    [InlineData(0, Many)]
    [InlineData(Many - 1, Many)]
    [InlineData(3, Many + 300)]
    public async Task A_ledger_with_another_entry_is_not_signed_even_when_it_is_longer(int changed, int size)
    {
        await SignAsync(Many);
        _log.CutTo(0);
        _log.GrowTo(size, changed);
        var refusal = Assert.Single((await _publisher.PublishAsync(default, Cancellation)).Refusals);
        Assert.StartsWith($"The first {Many} entries of the ledger in the database are not", refusal.Sentence, StringComparison.Ordinal);
        Assert.Equal(Many, Assert.Single(_log.Published).Key);
    }

    [Fact]
    public async Task A_head_whose_root_does_not_follow_from_its_tiles_is_not_signed()
    {
        await SignAsync(Many);
        _log.GrowTo(Many + 10);
        _log.HeadOf = new ListLog();
        _log.HeadOf.GrowTo(Many + 10, changed: 0);
        Assert.False((await _publisher.PublishAsync(default, Cancellation)).IsDone);
    }

    [Fact]
    public async Task A_remembered_head_that_the_key_did_not_sign_stops_all_signing()
    {
        await SignAsync(3);
        _signed.Keep(3, "small.example/log\n3\nAAAA\n\n— other AAAA\n");
        Assert.False((await _publisher.PublishAsync(default, Cancellation)).IsDone);
    }

    private async Task SignAsync(int size)
    {
        _log.GrowTo(size);
        await _publisher.PublishAsync(default, Cancellation);
    }

    private sealed class RememberedHead : ISignedHeads
    {
        private string? _note;

        public string? Greatest() => _note;

        public void Keep(long size, string note) => _note = note;
    }

    private sealed class PlainSigner : ILogSigner
    {
        private const string Seal = "\n— plain\n";

        public string Name => "small.example/log";

        public string Vkey => Name;

        public string Sign(string text) => text + Seal;

        public string? Open(string note) => note.EndsWith(Seal, StringComparison.Ordinal) ? note[..^Seal.Length] : null;
    }

    /// <summary>A ledger of numbers.</summary>
    private sealed class ListLog : ILedgerLog
    {
        private readonly List<byte[]> _leaves = [];

        public Dictionary<long, string> Published { get; } = [];

        /// <summary>The ledger whose head is returned; null for this one.</summary>
        public ListLog? HeadOf { get; set; }

        public void GrowTo(int size, int changed = -1)
        {
            for (var i = _leaves.Count; i < size; i++)
                _leaves.Add(MerkleTree.Leaf(BitConverter.GetBytes(i == changed ? -1 : i)));
        }

        public void CutTo(int size) => _leaves.RemoveRange(size, _leaves.Count - size);

        public Task<LedgerHead> HeadAsync(CancellationToken cancellationToken)
        {
            var leaves = (HeadOf ?? this)._leaves;
            var frontier = new List<ReadOnlyMemory<byte>>();
            var from = 0;
            while (from < leaves.Count)
            {
                var width = 1 << System.Numerics.BitOperations.Log2((uint)(leaves.Count - from));
                frontier.Add(MerkleTree.Root(leaves[from..(from + width)]));
                from += width;
            }

            return Task.FromResult(new LedgerHead(leaves.Count, [.. frontier]));
        }

        public Task<byte[]?> HashesAsync(Tile tile, CancellationToken cancellationToken)
        {
            var leavesOfHash = 1 << (8 * tile.Level);
            var hashes = Enumerable
                .Range((int)tile.First, tile.Width)
                .SelectMany(number => MerkleTree.Root(_leaves[(number * leavesOfHash)..((number + 1) * leavesOfHash)]));
            return Task.FromResult<byte[]?>([.. hashes]);
        }

        public Task<ImmutableArray<StoredEntry>> EntriesAsync(long from, int most, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<StoredEntry>.Empty);

        public Task<string> PublishCheckpointAsync(long size, string note, DateTimeOffset at, CancellationToken cancellationToken) =>
            Task.FromResult(Published[size] = note);
    }
}
