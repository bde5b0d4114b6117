using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies.Instruments;

/// <summary>Checks that the versions of an instrument are in the order of time and do not overlap for any technology.</summary>
internal static class VersionOrder
{
    public static void Check(IReadOnlyList<(InstrumentVersion Version, YamlKeys Keys)> versions)
    {
        for (var later = 1; later < versions.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
                Check(versions[earlier].Version, versions[later].Version, versions[later].Keys);
        }
    }

    private static void Check(InstrumentVersion earlier, InstrumentVersion later, YamlKeys keys)
    {
        var shared = earlier.Rules.Select(rule => rule.Technology).Intersect(later.Rules.Select(rule => rule.Technology)).ToArray();
        if (shared.Length > 0 && earlier.Effective.Overlaps(later.Effective))
        {
            keys.Report(
                "effective",
                $"a period that overlaps that of version {earlier.Number} for {string.Join(", ", shared)}",
                "periods of one instrument that follow each other: each 'to' no later than the next 'from'"
            );
        }
        else if (later.Effective.EarliestPossibleStart < earlier.Effective.EarliestPossibleStart)
        {
            keys.Report("effective", $"a version that begins before version {earlier.Number}", "versions in the order of time");
        }
    }
}
