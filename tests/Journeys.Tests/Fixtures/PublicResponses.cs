using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>The responses of every public address at one time: status, headers and body. Two sets are compared byte by byte.</summary>
internal sealed class PublicResponses(ImmutableSortedDictionary<string, string> answers)
{
    private const int AtOnce = 4,
        MaxShown = 40;

    /// <summary>What changes without an event, and why. Nothing else is left out of the comparison.</summary>
    private static readonly (string Address, string Moves, string Because)[] MovingParts =
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
        ("", "<time data-as-of[^>]*>[^<]*</time>", "every page that speaks of now says when it was read"),
        (
            "^/devices/",
            "<rect [^>]*>|(?<=data-label=\"[^\"]*\">)\\s*<time .*?</time>|[0-9]+([.,][0-9]+)?[^0-9a-z%]{1,8}%",
            "asked without a time: the last day until now, of a camera that stands somewhere"
        ),
        (
            "^/api/v1/(governance|instruments|technologies)",
            "\"knownAt\":\"[^\"]*\"|knownAt=[^&\">]*",
            "asked without a time: as it is known now"
        ),
    ];

    public static async Task<PublicResponses> ReadAsync(HttpClient stranger, IEnumerable<string> addresses)
    {
        var answers = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            addresses,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (address, cancellation) =>
            {
                using var answer = await stranger.GetAsync(address, cancellation);
                var response = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}");
                foreach (
                    var (name, values) in answer
                        .Headers.Concat(answer.Content.Headers)
                        .OrderBy(header => header.Key, StringComparer.Ordinal)
                )
                    response.AppendLine(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", values)}");
                answers[address] = response
                    .AppendLine()
                    .Append(Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(cancellation)))
                    .ToString();
            }
        );
        return new PublicResponses(
            answers.ToImmutableSortedDictionary(
                answer => answer.Key,
                answer => WithoutMovingParts(answer.Key, answer.Value),
                StringComparer.Ordinal
            )
        );
    }

    /// <summary>Asserts that every byte outside the moving parts is the same.</summary>
    public void AssertSameAs(PublicResponses before)
    {
        var differs = DiffersFrom(before);
        Assert.True(
            differs.IsEmpty,
            $"{differs.Length} of {answers.Count} public addresses answer differently:\n{string.Join('\n', differs.Take(MaxShown))}"
        );
    }

    /// <summary>The addresses whose responses differ, and how.</summary>
    public ImmutableArray<string> DiffersFrom(PublicResponses before) =>
        [
            .. before
                .All.Where(one => answers[one.Key] != one.Value)
                .Select(one => $"{one.Key}: {DifferenceBetween(one.Value, answers[one.Key])}"),
        ];

    public string this[string address] => answers[address];

    private ImmutableSortedDictionary<string, string> All => answers;

    /// <summary>A response without its moving parts.</summary>
    public static string WithoutMovingParts(string address, string answer) =>
        MovingParts
            .Where(one => Regex.IsMatch(address, one.Address))
            .Aggregate(answer, (text, one) => Regex.Replace(text, one.Moves, "…", RegexOptions.Multiline));

    private static string DifferenceBetween(string before, string after)
    {
        var at = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"'{Piece(before)}' became '{Piece(after)}'";

        string Piece(string text) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 80)].ReplaceLineEndings(" ");
    }
}
