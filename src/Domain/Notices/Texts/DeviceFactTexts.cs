using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>The English texts for what is known of a device beside what it captures. They are part of <see cref="PageTexts"/>.</summary>
internal static class DeviceFactTexts
{
    /// <summary>Key → English text.</summary>
    public static ImmutableDictionary<string, string> English { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device.facts"] = "What is known of it",
            ["device.asset-number"] = "Asset number of the city",
            ["device.model"] = "Vendor and model",
            ["device.installed"] = "Installed",
            ["device.operator"] = "Operated by",
            ["device.owner"] = "Owned by",
            ["device.position"] = "Position",
            ["device.position.text"] = "latitude {latitude}, longitude {longitude}",
            ["device.directions"] = "Looks towards",
            ["device.directions.text"] = "{degrees} from north",
            ["device.coverage"] = "Area that it covers",
            ["device.coverage.text"] = "an outline of {count} points, in the data for developers",
            ["device.height"] = "Mounting height",
            ["device.height.text"] = "{metres} m above the ground",
            ["device.source"] = "{fact} ({origin}, {confidence})",
            ["device.source.inspected"] = "{fact} ({origin}, {confidence}, inspected {date})",
            ["device.source.none"] = "{fact} (source not stated)",
            ["origin.city-list"] = "from a list of the city",
            ["origin.inspection"] = "seen on the spot",
            ["origin.plan"] = "from a plan of the installation",
            ["origin.purchase"] = "from purchase records",
            ["origin.vendor"] = "from the vendor",
            ["origin.estimate"] = "estimated",
            ["confidence.sourced"] = "checked against its source",
            ["confidence.secondary"] = "reported",
            ["confidence.unsure"] = "unsure",
        }.ToImmutableDictionary(StringComparer.Ordinal);
}
