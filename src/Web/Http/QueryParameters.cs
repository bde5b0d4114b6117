using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Http;

/// <summary>What a reader asked for in the address: a day, an instant, a language. Anything else is told apart from nothing.</summary>
internal static partial class QueryParameters
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

    /// <summary>
    /// The instant of a parameter, or now. False when it is no instant: one without its zone could be anywhere within a day.
    /// </summary>
    public static bool TryInstant(IQueryCollection query, string name, TimeProvider time, out DateTimeOffset at)
    {
        // A plus sign that nobody escaped arrives as a blank.
        var text = query[name].ToString().Replace(' ', '+');
        at = time.GetUtcNow();
        return text.Length == 0
            || (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out at));
    }

    /// <summary>As <see cref="TryInstant"/>; what a form sends has no zone and is meant in the city's own time.</summary>
    public static bool TryLocalInstant(IQueryCollection query, string name, City city, TimeProvider time, out DateTimeOffset at)
    {
        if (!DateTime.TryParseExact(query[name].ToString(), LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return TryInstant(query, name, time, out at);
        at = new DateTimeOffset(local, TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone).GetUtcOffset(local)).ToUniversalTime();
        return true;
    }

    /// <summary>How many items of a list may come at once; false when it is no number from 1 to the most.</summary>
    public static bool TryLimit(IQueryCollection query, int most, out int limit)
    {
        var text = query["limit"].ToString();
        limit = most;
        return text.Length == 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= most);
    }

    /// <summary>The language of <c>?lang=</c> if the city has it, else the first.</summary>
    public static string Language(IQueryCollection query, City city) =>
        query["lang"].ToString() is { Length: > 0 } asked && city.Languages.Contains(asked) ? asked : city.Languages[0];

    private static readonly string[] LocalForms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFF"];

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Rfc3339();
}
