using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>The English texts of the public pages of fleets, a part of <see cref="PageTexts"/>.</summary>
internal static class FleetTexts
{
    /// <summary>Key → English text.</summary>
    public static ImmutableSortedDictionary<string, string> English { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fleet.trail"] = "Places and fleets",
            ["fleet.lead"] =
                "A fleet of devices that people wear or drive. "
                + "The registry knows no position of any of them, and does not show any of them individually.",
            ["fleet.devices"] = "Number of registered devices at {time}",
            ["fleet.new"] = "The fleet was registered less than an hour ago. Its size is not shown yet.",
            ["fleet.none"] = "No device of this fleet was registered at that time.",
            ["fleet.part"] = "{kind}, {department}",
            ["fleet.about"] = "about {count}",
            ["fleet.fewer"] = "fewer than {count}",
            ["fleet.counts"] =
                "Counts are rounded to 5. Counts below {count} are not shown. Changes appear one hour later. "
                + "Which device records, and when, is not public: it would show who works where and when.",
            ["fleet.places"] = "People of this fleet work from: {places}",
            ["fleet.rules"] = "Rules that apply to {technology}",
            ["fleet.retired"] = "This fleet is retired since {time}. No notice names it any more.",
            ["fleet.nothing"] = "The registry has nothing about this fleet at that time.",
            ["column.department"] = "Department",
            ["column.places"] = "Works from",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
