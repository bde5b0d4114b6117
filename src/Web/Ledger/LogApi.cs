using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Ledger;

/// <summary>
/// The ledger as a transparency log (C2SP tlog-tiles). Independent programs use it to verify that no entry was changed or removed.
/// </summary>
internal static class LogApi
{
    private const string Text = "text/plain; charset=utf-8",
        Immutable = "public, max-age=31536000, immutable",
        TwoSeconds = "public, max-age=2";

    public static void Map(IEndpointRouteBuilder api)
    {
        var log = api.MapGroup("log").WithTags("Ledger");
        log.MapGet("checkpoint", Checkpoint)
            .WithSummary("The size of the ledger and the root hash of its tree, signed (C2SP tlog-checkpoint)");
        log.MapGet("key", (ILogSigner signer) => Results.Text(signer.Vkey + "\n", Text))
            .WithSummary("The public key of the ledger, in the form of verifiers (vkey)");
        log.MapGet("tile/{**address}", OneTile).WithSummary("A tile of hashes, or a bundle of entries (C2SP tlog-tiles)");
        log.MapGet("entries/{index:long}", Entry).WithSummary("One entry, as JSON");
        log.MapGet("proof", Proof)
            .WithSummary("Proof that an entry is in the ledger, for offline verification (C2SP tlog-proof)")
            .WithDescription("`index` is the number of the entry. The answer has the hashes from the leaf to the root, and a checkpoint.");
    }

    private static async Task<IResult> Checkpoint(HttpContext http, ILedgerLog log, ILogSigner signer, TimeProvider time)
    {
        http.Response.Headers.CacheControl = TwoSeconds;
        return Results.Text((await SignedAsync(log, signer, time, http.RequestAborted)).Note, Text);
    }

    private static async Task<(LedgerHead Head, string Note)> SignedAsync(
        ILedgerLog log,
        ILogSigner signer,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var head = await log.HeadAsync(cancellationToken);
        var note = signer.Sign(new Checkpoint(signer.Name, head.Size, head.Root()).Text);
        return (head, await log.PublishCheckpointAsync(head.Size, note, time.GetUtcNow(), cancellationToken));
    }

    private static async Task<IResult> OneTile(string address, HttpContext http, ILedgerLog log)
    {
        if (!Tile.TryParse(address, out var tile))
            return Problem.NotFound(
                $"'{address}' is not the address of a tile: expected for example 0/000, 1/x001/234.p/17 or entries/000."
            );
        if (!tile.IsIn((await log.HeadAsync(http.RequestAborted)).Size))
            return Problem.NotFound($"The ledger does not have tile {tile} yet.");
        byte[]? bytes =
            tile.Level == Tile.Entries
                ? EntryBundle.Write(await log.EntriesAsync(tile.First, tile.Width, http.RequestAborted))
                : await log.HashesAsync(tile, http.RequestAborted);
        http.Response.Headers.CacheControl = Immutable;
        return bytes is null
            ? Problem.NotFound($"The ledger does not have tile {tile} yet.")
            : Results.Bytes(bytes, "application/octet-stream");
    }

    private static async Task<IResult> Entry(long index, HttpContext http, ILedgerLog log)
    {
        if (await log.EntriesAsync(index, 1, http.RequestAborted) is not [var entry] || entry.Index != index)
            return Problem.NotFound($"The ledger has no entry {index} yet.");
        http.Response.Headers.CacheControl = Immutable;
        return Results.Json(
            new
            {
                entry.Index,
                leafHash = Convert.ToHexStringLower(entry.LeafHash.Span),
                entry = JsonNode.Parse(entry.Bytes.Span),
            },
            Domain.Json.Options
        );
    }

    private static async Task<IResult> Proof(HttpContext http, ILedgerLog log, ILogSigner signer, TimeProvider time)
    {
        if (!long.TryParse(http.Request.Query["index"], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return Problem.BadParameter($"index is '{http.Request.Query["index"]}': expected the number of an entry.");
        var (head, note) = await SignedAsync(log, signer, time, http.RequestAborted);
        if (index >= head.Size)
            return Problem.NotFound($"The ledger has no entry {index} yet.");
        var tiles = new Dictionary<Tile, byte[]>();
        var proof = await MerkleTree.InclusionAsync(index, head.Size, HashAsync);
        var text = new StringBuilder("c2sp.org/tlog-proof@v1\n").Append(CultureInfo.InvariantCulture, $"index {index}\n");
        foreach (var hash in proof)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return Results.Text(text.Append('\n').Append(note).ToString(), Text);

        // Computes the hash of a range of leaves from tiles, level by level.
        async Task<byte[]> HashAsync(long from, long to)
        {
            var width = to - from;
            if (width == 1)
                return await AtAsync(0, from);
            if ((width & (width - 1)) != 0)
            {
                var middle = from + MerkleTree.Split(width);
                return await BothAsync(from, middle, to);
            }

            // A perfect subtree: tiles store every eighth level; other levels are computed from the two halves.
            var height = System.Numerics.BitOperations.Log2((ulong)width);
            return height % 8 == 0 ? await AtAsync(height / 8, from >> height) : await BothAsync(from, from + width / 2, to);
        }

        async Task<byte[]> BothAsync(long from, long middle, long to)
        {
            var left = await HashAsync(from, middle);
            var right = await HashAsync(middle, to);
            return MerkleTree.Node(left, right);
        }

        async Task<byte[]> AtAsync(int level, long number)
        {
            var there = new Tile(level, number / Tile.Hashes, 1);
            var tile = there with { Width = (int)Math.Min(Tile.Hashes, there.InLevel(head.Size) - there.First) };
            if (!tiles.TryGetValue(tile, out var hashes))
                tiles[tile] = hashes =
                    await log.HashesAsync(tile, http.RequestAborted)
                    ?? throw new InvalidOperationException($"The ledger lacks tile {tile}.");
            return hashes[(int)(number % Tile.Hashes * MerkleTree.HashBytes)..][..MerkleTree.HashBytes];
        }
    }
}
