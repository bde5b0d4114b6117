using System.Globalization;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Instants in the city's local time. Every page names that time zone in its footer and shows no other.</summary>
internal static class CityTime
{
    /// <summary>
    /// An instant, e.g. <c>November 23, 2026, 3:00 PM</c>. In the hour that occurs twice when clocks are set back, the offset from UTC is
    /// added.
    /// </summary>
    public static string Format(City city, DateTimeOffset at) => PlainLanguage.Time(city.LocalTime(at)) + OffsetIfAmbiguous(city, at);

    /// <summary>The time zone of a page, e.g. <c>Times are those of Sample City (America/Los_Angeles, now UTC−08:00).</c></summary>
    public static string Zone(City city, DateTimeOffset now) =>
        $"Times are those of {city.Name} ({city.TimeZone}, now {Offset(city, now)}).";

    /// <summary>The city's offset from UTC at an instant, e.g. <c>UTC−08:00</c>.</summary>
    public static string Offset(City city, DateTimeOffset at) => Offset(city.LocalTime(at));

    /// <summary>The offset from UTC in brackets after a blank where the local time occurs twice; empty elsewhere.</summary>
    public static string OffsetIfAmbiguous(City city, DateTimeOffset at)
    {
        var local = city.LocalTime(at);
        return TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone).IsAmbiguousTime(local) ? $" ({Offset(local)})" : "";
    }

    private static string Offset(DateTimeOffset local)
    {
        var sign = local.Offset < TimeSpan.Zero ? "−" : "+";
        return $"UTC{sign}{local.Offset.ToString("hh\\:mm", CultureInfo.InvariantCulture)}";
    }
}
