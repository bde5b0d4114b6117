using System.Globalization;
using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Web;

/// <summary>Instants as the city's clocks show them. Every page says at its foot whose time it tells; no page tells another.</summary>
internal static class CityTime
{
    /// <summary>An instant, e.g. <c>November 23, 2026, 3:00 PM</c>; in the hour that clocks show twice a year, with its distance from UTC.</summary>
    public static string Words(City city, DateTimeOffset at)
    {
        var local = city.LocalTime(at);
        return PlainWords.Time(local) + (TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone).IsAmbiguousTime(local) ? $" ({Distance(local)})" : "");
    }

    /// <summary>Whose time a page tells, e.g. <c>Times are those of Sample City (America/Los_Angeles, now UTC−08:00).</c></summary>
    public static string Zone(City city, DateTimeOffset now) => $"Times are those of {city.Name} ({city.TimeZone}, now {Distance(city.LocalTime(now))}).";

    private static string Distance(DateTimeOffset local) =>
        $"UTC{(local.Offset < TimeSpan.Zero ? "−" : "+")}{local.Offset.ToString("hh\\:mm", CultureInfo.InvariantCulture)}";
}
