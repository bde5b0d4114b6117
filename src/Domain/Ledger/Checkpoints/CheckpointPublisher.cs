namespace SurveillanceRegistry.Domain.Ledger.Checkpoints;

/// <summary>A head of the ledger and the signed note of its checkpoint.</summary>
public sealed record PublishedHead(LedgerHead Head, string Note);

/// <summary>
/// Signs the head of the ledger. It never signs a head that is shorter than the greatest that it ever signed, or that does not continue it.
/// Calls from several threads take turns.
/// </summary>
public sealed class CheckpointPublisher : IDisposable
{
    private readonly ILedgerLog _log;
    private readonly ILogSigner _signer;
    private readonly ISignedHeads _signed;
    private readonly SemaphoreSlim _turn = new(1);

    public CheckpointPublisher(ILedgerLog log, ILogSigner signer, ISignedHeads signed)
    {
        _log = log;
        _signer = signer;
        _signed = signed;
    }

    /// <summary>
    /// Signs and publishes the present head. Refuses, with nothing signed, when the ledger does not continue what was signed before.
    /// </summary>
    /// <param name="at">The time of the signature.</param>
    public async Task<Outcome<PublishedHead>> PublishAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var head = await _log.HeadAsync(cancellationToken);
            if (await CheckAsync(head, cancellationToken) is { } refusal)
                return refusal;
            var note = _signer.Sign(new Checkpoint(_signer.Name, head.Size, head.Root()).Text);
            // Remembered before any reader has it: after a crash in between the registry knows more than the readers, never less.
            if (_signed.Greatest() != note)
                _signed.Keep(head.Size, note);
            await _log.PublishCheckpointAsync(head.Size, note, at, cancellationToken);
            return new PublishedHead(head, note);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Checks that the ledger continues everything that was signed. Returns the refusal, which says what to do, or null.</summary>
    public async Task<Refusal?> CheckAsync(CancellationToken cancellationToken) =>
        await CheckAsync(await _log.HeadAsync(cancellationToken), cancellationToken);

    /// <summary>The inclusion proof of an entry in a tree of a size.</summary>
    public Task<byte[][]> InclusionAsync(long index, long size, CancellationToken cancellationToken) =>
        MerkleTree.InclusionAsync(index, size, new SubtreeReader(_log, size, cancellationToken).HashAsync);

    public void Dispose() => _turn.Dispose();

    private async Task<Refusal?> CheckAsync(LedgerHead head, CancellationToken cancellationToken)
    {
        if (_signed.Greatest() is not { } note)
            return null;
        if (_signer.Open(note) is not { } text || Checkpoint.Read(text) is not { } greatest)
            return Forked("The note of the greatest signed checkpoint, beside the key of the ledger, is not signed by that key.");
        if (head.Size < greatest.Size)
            return Forked($"The ledger in the database has {head.Size} entries, and this registry has signed {greatest.Size} entries.");
        return await ContinuesAsync(_log, head, greatest, cancellationToken)
            ? null
            : Forked($"The first {greatest.Size} entries of the ledger in the database are not those that this registry has signed.");
    }

    /// <summary>Whether the ledger of a head continues an earlier checkpoint. False when the checkpoint is greater.</summary>
    public static async Task<bool> ContinuesAsync(ILedgerLog log, LedgerHead head, Checkpoint earlier, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(earlier);
        if (earlier.Size > head.Size)
            return false;
        try
        {
            var subtrees = new SubtreeReader(log, head.Size, cancellationToken);
            var proof = await MerkleTree.ConsistencyAsync(earlier.Size, head.Size, subtrees.HashAsync);
            return MerkleTree.IsConsistent(earlier.Size, head.Size, proof, earlier.Root.Span, head.Root());
        }
        catch (MissingTileException)
        {
            return false;
        }
    }

    private static Refusal Forked(string reason) =>
        new("ledger-forked", $"{reason} Nothing more is signed. Restore the newest backup of the database, with 'registry restore'.");
}
