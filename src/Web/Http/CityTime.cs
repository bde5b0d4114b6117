using System.Globalization;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Instants as the city's clocks show them. Every page says at its foot whose time it tells; no page tells another.</summary>
internal static class CityTime
{
    /// <summary>
    /// An instant, e.g. <c>November 23, 2026, 3:00 PM</c>; in the hour that clocks show twice a year, with its distance from UTC.
    /// </summary>
    public static string Format(City city, DateTimeOffset at) => PlainLanguage.Time(city.LocalTime(at)) + Beside(city, at);

    /// <summary>The same to the second: what a unit does may last less than a minute.</summary>
    public static string Exactly(City city, DateTimeOffset at) =>
        city.LocalTime(at).ToString("MMMM d, yyyy, h:mm:ss tt", CultureInfo.InvariantCulture) + Beside(city, at);

    /// <summary>Whose time a page tells, e.g. <c>Times are those of Sample City (America/Los_Angeles, now UTC−08:00).</c></summary>
    public static string Zone(City city, DateTimeOffset now) =>
        $"Times are those of {city.Name} ({city.TimeZone}, now {Distance(city.LocalTime(now))}).";

    private static string Beside(City city, DateTimeOffset at) =>
        TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone).IsAmbiguousTime(city.LocalTime(at)) ? $" ({Distance(city.LocalTime(at))})" : "";

    private static string Distance(DateTimeOffset local) =>
        $"UTC{(local.Offset < TimeSpan.Zero ? "−" : "+")}{local.Offset.ToString("hh\\:mm", CultureInfo.InvariantCulture)}";
}
