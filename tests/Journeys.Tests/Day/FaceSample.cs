using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>What one public face said at one time.</summary>
/// <param name="At">When it was read, since the corner was opened.</param>
/// <param name="Face"><c>glass</c>, <c>phone</c> or <c>API</c>.</param>
/// <param name="State">What it says of itself: <c>current</c> when it claims to tell the present.</param>
/// <param name="Facts">Its facts that a person can see, e.g. <c>audio recorded unknown</c>.</param>
/// <param name="AsOf">The time of which it says that; null when it states none.</param>
internal sealed record FaceSample(TimeSpan At, string Face, string State, string[] Facts, DateTimeOffset? AsOf = null)
{
    /// <summary>When it was read.</summary>
    public DateTimeOffset ReadAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Reads what stands on a page: facts that take up room on it.</summary>
    private const string Read = """
        () => ({
          state: document.documentElement.dataset.state ?? "",
          asOf: document.querySelector("time[data-as-of]")?.dataset.asOf ?? "",
          facts: [...document.querySelectorAll("[data-capture][data-certainty]")]
            .filter(fact => fact.getClientRects().length > 0 && fact.innerText.trim().length > 0)
            .map(fact => `${fact.dataset.capture} ${fact.dataset.mode} ${fact.dataset.certainty}`),
        })
        """;

    public bool Shows(string capture) => Facts.Any(fact => fact.StartsWith(capture + " ", StringComparison.Ordinal));

    /// <summary>Whether the face says of the present, and as something a device reported, that a capture has this mode.</summary>
    public bool Reports(string capture) => Facts.Any(fact => fact == capture + " recorded reported");

    public override string ToString() => $"{At.TotalSeconds:0.0} s {Face} {State} [{string.Join(", ", Facts)}]";

    public static async Task<FaceSample> OfPageAsync(IPage page, string face, Func<TimeSpan> clock)
    {
        var at = clock();
        var read = await page.EvaluateAsync<JsonElement>(Read);
        return new FaceSample(
            at,
            face,
            read.GetProperty("state").GetString()!,
            [.. read.GetProperty("facts").EnumerateArray().Select(fact => fact.GetString()!)],
            DateTimeOffset.TryParse(read.GetProperty("asOf").GetString(), CultureInfo.InvariantCulture, out var asOf) ? asOf : null
        );
    }

    /// <summary>Reads the signed notice that the API answers with.</summary>
    public static async Task<FaceSample> OfApiAsync(HttpClient reader, string place, Func<TimeSpan> clock)
    {
        var at = clock();
        var answer = JsonSerializer.Deserialize<JsonElement>(await reader.GetStringAsync($"/api/v1/places/{place}/notice"));
        var payload = answer.GetProperty("notice").GetProperty("payload").GetString()!;
        var notice = JsonSerializer.Deserialize<JsonElement>(FromBase64Url(payload));
        return new FaceSample(
            at,
            "API",
            "current",
            [
                .. notice
                    .GetProperty("facts")
                    .EnumerateArray()
                    .Select(fact => string.Join(' ', fact.GetProperty("capture"), fact.GetProperty("mode"), fact.GetProperty("certainty"))),
            ]
        );
    }

    private static string FromBase64Url(string text)
    {
        var padded = text.Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '=')));
    }
}
