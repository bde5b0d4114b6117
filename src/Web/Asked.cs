using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Web;

/// <summary>What a reader asked for in the address: a day, an instant, a language. Anything else is told apart from nothing.</summary>
internal static class Asked
{
    public const string DayExpected = "expected a day as YYYY-MM-DD, for example 2026-03-31";

    public const string InstantExpected = "expected an instant as RFC 3339, for example 2026-03-31T12:00:00Z";

    /// <summary>The day of <c>?asOf=</c>, or today in the city. False when it is no day.</summary>
    public static bool TryDay(IQueryCollection query, City city, TimeProvider time, out DateOnly day)
    {
        var text = query["asOf"].ToString();
        day = city.DayAt(time.GetUtcNow());
        return text.Length == 0 || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    /// <summary>The instant of a parameter, or now. False when it is no instant.</summary>
    public static bool TryInstant(IQueryCollection query, string name, TimeProvider time, out DateTimeOffset at)
    {
        var text = query[name].ToString();
        at = time.GetUtcNow();
        return text.Length == 0 || (text.Contains('T', StringComparison.OrdinalIgnoreCase) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.RoundtripKind, out at));
    }

    /// <summary>The language of <c>?lang=</c> if the city has it, else the first.</summary>
    public static string Language(IQueryCollection query, City city) =>
        query["lang"].ToString() is { Length: > 0 } asked && city.Languages.Contains(asked) ? asked : city.Languages[0];
}
