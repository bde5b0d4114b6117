using System.Collections.Immutable;
using System.Net;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>Reads the networks of the city's own to which webhooks may go.</summary>
internal static class WebhookSettings
{
    public static ImmutableArray<IPNetwork> ReadNetworks(SettingsReader settings) =>
        [
            .. settings
                .Text("WEBHOOKS:NETWORKS", "")
                .Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text =>
                    IPNetwork.TryParse(text, out var network)
                        ? network
                        : throw new UsageException(
                            $"REGISTRY_WEBHOOKS__NETWORKS has '{text}': expected networks with commas between them, such as 10.2.0.0/16."
                        )
                ),
        ];
}
