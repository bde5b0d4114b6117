using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// Query parameters that several pages and API operations share. A missing parameter and an invalid one are told apart.
/// </summary>
internal static partial class QueryParameters
{
    /// <summary>How many values a message lists at most.</summary>
    private const int MaxListed = 100;

    public const string DayExpected = "expected a day as YYYY-MM-DD, for example 2026-03-31";

    public const string InstantExpected = "expected an instant as RFC 3339, for example 2026-03-31T12:00:00Z";

    /// <summary>Local times as a form's datetime-local field sends them: without a zone.</summary>
    private static readonly string[] LocalTimes = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFF"];

    /// <summary>The day of <c>?asOf=</c>, or today in the city. False for an invalid day.</summary>
    public static bool TryDay(IQueryCollection query, City city, TimeProvider time, out DateOnly day)
    {
        var text = query["asOf"].ToString();
        day = city.DayAt(time.GetUtcNow());
        return text.Length == 0 || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    /// <summary>
    /// The instant of a parameter, or now. False for an invalid one; also for one without a zone, which could be anywhere within a day.
    /// </summary>
    public static bool TryInstant(IQueryCollection query, string name, TimeProvider time, out DateTimeOffset at)
    {
        // A plus sign that was not escaped arrives as a blank.
        var text = query[name].ToString().Replace(' ', '+');
        at = time.GetUtcNow();
        return text.Length == 0
            || (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out at));
    }

    /// <summary>As <see cref="TryInstant"/>; a local time without a zone, as forms send it, is local time of the city.</summary>
    public static bool TryLocalInstant(IQueryCollection query, string name, City city, TimeProvider time, out DateTimeOffset at)
    {
        if (!DateTime.TryParseExact(query[name].ToString(), LocalTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return TryInstant(query, name, time, out at);
        at = CalendarEdges.Instant(local, TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone).GetUtcOffset(local));
        return true;
    }

    /// <summary>Reads <c>?limit=</c>. Returns null, or the problem when it is not a number from 1 to the maximum.</summary>
    /// <param name="usual">The limit when the parameter is missing; the maximum when null.</param>
    public static IResult? Limit(IQueryCollection query, int max, out int limit, int? usual = null)
    {
        var text = query["limit"].ToString();
        limit = usual ?? max;
        var isValid =
            text.Length == 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= max);
        return isValid ? null : Problem.BadParameter($"limit is '{text}': expected a number from 1 to {max}.");
    }

    /// <summary>Reads <c>?after=</c> where pages continue after a number. Returns null, or the problem when it is not a number.</summary>
    public static IResult? After(IQueryCollection query, out long? after)
    {
        after = null;
        if (query["after"].ToString() is not { Length: > 0 } text)
            return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return AfterExpected(text);
        after = number;
        return null;
    }

    /// <summary>The problem of a page that does not exist.</summary>
    public static IResult AfterExpected(string? text) =>
        Problem.BadParameter($"after is '{text}': expected the 'next' of the previous page.");

    /// <summary>
    /// Reads words with commas between them, such as <c>?status=in-force,paused</c>. Returns null, or the problem of an unknown word.
    /// </summary>
    /// <param name="values">Null when the parameter is missing: all values.</param>
    public static IResult? Words<T>(IQueryCollection query, string name, out HashSet<T>? values)
        where T : struct, Enum
    {
        values = null;
        foreach (var word in query[name].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Json.TryWord<T>(word, out var value))
                return Problem.BadParameter($"{name} is '{word}': expected one or several of {WordsOf<T>()}, with commas between them.");
            (values ??= []).Add(value);
        }

        return null;
    }

    /// <summary>The problem of a value that is none of the registered ones, with a list of them.</summary>
    public static IResult NotAmong(string name, string value, IEnumerable<string> known)
    {
        var words = known.Take(MaxListed + 1).ToArray();
        var list = string.Join(", ", words.Take(MaxListed)) + (words.Length > MaxListed ? ", …" : "");
        return Problem.BadParameter($"{name} is '{value}': expected one of {list}.");
    }

    /// <summary>The words of an enum, for messages: <c>draft, submitted</c>.</summary>
    public static string WordsOf<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Json.Word));

    /// <summary>The language of <c>?lang=</c> if the city has it, else the city's first.</summary>
    public static string Language(IQueryCollection query, City city) =>
        query["lang"].ToString() is { Length: > 0 } requested && city.Languages.Contains(requested) ? requested : city.Languages[0];

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Rfc3339();
}
