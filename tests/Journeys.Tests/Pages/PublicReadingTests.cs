using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Journeys.Tests.Pages;

/// <summary>All that every public address answered at one time: status, headers and body. Two of them are compared byte by byte.</summary>
internal sealed class PublicReadingTests(ImmutableSortedDictionary<string, string> answers)
{
    private const int AtOnce = 4,
        MostShown = 40;

    /// <summary>What moves by itself, whatever anybody does, and why. Nothing else is left out of the comparison.</summary>
    private static readonly (string Address, string Moves, string Because)[] Moving =
    [
        ("", "^Date: .*$", "every answer says when it was sent"),
        ("", "\"traceId\":\"[^\"]*\"", "the number of the request that was refused"),
        ("^/api/v1/ingest$", "\"at\":\"[^\"]*\"", "when it was asked"),
        ("^/api/v1/places/[^/]+/notice$", "\"at\":\"[^\"]*\"", "when it was asked"),
        (
            "^/api/v1/devices/[^/]+/history$",
            """(?<=^\{"items":\[\{"from":")[^"]*|(?<="to":")[^"]*(?="[^{}]*(\{[^{}]*\}[^{}]*)*\}\],"next":null\}$)""",
            "asked without a time: the last day until now"
        ),
        (
            "^/api/v1/devices/[^/]+/availability$",
            "\"(seconds|percent)\":[0-9.]+",
            "asked without a time: the last day until now, of a camera that stands somewhere"
        ),
        ("^/places/", "(?<=/kiosks/[^<]*</a>[,;] )[^<]*", "whoever asks for a screen's notice, as this comparison does, is seen"),
        (
            "^/devices/",
            "<rect [^>]*>|(?<=data-label=\"(From|To)\">)\\s*<time .*?</time>",
            "asked without a time: the last day until now, of a camera that stands somewhere"
        ),
        (
            "^/api/v1/(governance|instruments|technologies)",
            "\"knownAt\":\"[^\"]*\"|knownAt=[^&\">]*",
            "asked without a time: as it is known now"
        ),
        ("^/api/v1/kiosks(/[^/]+)?$", "\"lastSeenAt\":\"[^\"]*\"", "whoever asks for a screen's notice, as this comparison does, is seen"),
    ];

    public static async Task<PublicReadingTests> AskAsync(HttpClient stranger, IEnumerable<string> addresses)
    {
        var answers = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            addresses,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (address, cancellation) =>
            {
                using var answer = await stranger.GetAsync(address, cancellation);
                var said = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}");
                foreach (
                    var (name, values) in answer
                        .Headers.Concat(answer.Content.Headers)
                        .OrderBy(header => header.Key, StringComparer.Ordinal)
                )
                    said.AppendLine(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", values)}");
                answers[address] = said.AppendLine()
                    .Append(Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(cancellation)))
                    .ToString();
            }
        );
        return new PublicReadingTests(
            answers.ToImmutableSortedDictionary(answer => answer.Key, answer => Still(answer.Key, answer.Value), StringComparer.Ordinal)
        );
    }

    /// <summary>Every byte that does not move by itself is the same.</summary>
    public void IsStill(PublicReadingTests before)
    {
        var differs = DiffersFrom(before);
        Assert.True(
            differs.IsEmpty,
            $"{differs.Length} of {answers.Count} public addresses answer differently:\n{string.Join('\n', differs.Take(MostShown))}"
        );
    }

    /// <summary>Where two readings differ, and how.</summary>
    public ImmutableArray<string> DiffersFrom(PublicReadingTests before) =>
        [.. before.All.Where(one => answers[one.Key] != one.Value).Select(one => $"{one.Key}: {Around(one.Value, answers[one.Key])}")];

    public string this[string address] => answers[address];

    private ImmutableSortedDictionary<string, string> All => answers;

    /// <summary>An answer without what moves by itself.</summary>
    public static string Still(string address, string answer) =>
        Moving
            .Where(one => Regex.IsMatch(address, one.Address))
            .Aggregate(answer, (said, one) => Regex.Replace(said, one.Moves, "…", RegexOptions.Multiline));

    private static string Around(string before, string after)
    {
        var at = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"'{Piece(before)}' became '{Piece(after)}'";

        string Piece(string text) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 80)].ReplaceLineEndings(" ");
    }
}
