using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Web.Api;
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
            .AnswersMedia(MediaTypeNames.Text.Plain)
            .WithSummary("The size of the ledger and the root hash of its tree, signed (C2SP tlog-checkpoint)");
        log.MapGet("key", (ILogSigner signer) => Results.Text(signer.Vkey + "\n", Text))
            .AnswersMedia(MediaTypeNames.Text.Plain)
            .WithSummary("The public key of the ledger, in the form of verifiers (vkey)");
        log.MapGet("tile/{**address}", OneTile)
            .AnswersMedia(MediaTypeNames.Application.Octet)
            .WithSummary("A tile of hashes, or a bundle of entries (C2SP tlog-tiles)");
        log.MapGet("entries/{index:long}", Entry).Answers<EntryResponse>().WithSummary("One entry, as JSON");
        log.MapGet("proof", Proof)
            .AnswersMedia(MediaTypeNames.Text.Plain)
            .WithSummary("Proof that an entry is in the ledger, for offline verification (C2SP tlog-proof)")
            .WithDescription("`index` is the number of the entry. The answer has the hashes from the leaf to the root, and a checkpoint.");
    }

    private static async Task<IResult> Checkpoint(HttpContext http, CheckpointPublisher publisher, TimeProvider time)
    {
        var outcome = await publisher.PublishAsync(time.GetUtcNow(), http.RequestAborted);
        if (outcome.Value is not { } published)
            return NotSigned(outcome.Refusals[0]);
        http.Response.Headers.CacheControl = TwoSeconds;
        return Results.Text(published.Note, Text);
    }

    /// <summary>The ledger does not continue what was signed before.</summary>
    private static IResult NotSigned(Refusal refusal) =>
        Problem.From(StatusCodes.Status503ServiceUnavailable, refusal.Code, "Nothing is signed", refusal.Sentence);

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
        return JsonResults.Ok(
            new EntryResponse(entry.Index, Convert.ToHexStringLower(entry.LeafHash.Span), JsonNode.Parse(entry.Bytes.Span)!.AsObject())
        );
    }

    /// <summary>An entry of the ledger.</summary>
    /// <param name="LeafHash">The hash of its leaf in the tree (RFC 6962), as hexadecimal digits.</param>
    /// <param name="Entry">The entry: version, time, kind, actor and details.</param>
    internal sealed record EntryResponse(long Index, string LeafHash, JsonObject Entry);

    private static async Task<IResult> Proof(HttpContext http, CheckpointPublisher publisher, TimeProvider time)
    {
        if (!long.TryParse(http.Request.Query["index"], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return Problem.BadParameter($"index is '{http.Request.Query["index"]}': expected the number of an entry.");
        var outcome = await publisher.PublishAsync(time.GetUtcNow(), http.RequestAborted);
        if (outcome.Value is not { } published)
            return NotSigned(outcome.Refusals[0]);
        if (index >= published.Head.Size)
            return Problem.NotFound($"The ledger has no entry {index} yet.");
        var proof = await publisher.InclusionAsync(index, published.Head.Size, http.RequestAborted);
        var text = new StringBuilder("c2sp.org/tlog-proof@v1\n").Append(CultureInfo.InvariantCulture, $"index {index}\n");
        foreach (var hash in proof)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return Results.Text(text.Append('\n').Append(published.Note).ToString(), Text);
    }
}
