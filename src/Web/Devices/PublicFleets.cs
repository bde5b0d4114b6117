using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// The fleets as the public may know them: as they stood an hour ago. Of one that the ledger has named since, only that it exists.
/// </summary>
/// <param name="Parts">The fleets an hour ago, by kind and department. How many units a part has is for <see cref="Text"/> and <see
/// cref="Device.FleetCount"/> to say.</param>
/// <param name="Known">Every fleet that there is in public, with its technologies.</param>
public sealed record PublicFleets(ImmutableArray<RegisteredFleet> Parts, ImmutableArray<NamedFleet> Known)
{
    /// <summary>For so long nobody in public hears of what was registered, moved or removed.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromHours(1);

    public static async Task<PublicFleets> LookAsync(IDeviceRegister devices, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(time);
        var then = time.GetUtcNow() - Late;
        var parts = await devices.FleetsAsync(then, cancellationToken);
        return new PublicFleets(
            parts,
            [
                .. parts
                    .Select(part => new NamedFleet(part.Id, part.Technology))
                    .Union(await devices.FleetsNamedAsync(then, cancellationToken))
                    .OrderBy(fleet => fleet.Id, StringComparer.Ordinal)
                    .ThenBy(fleet => fleet.Technology, StringComparer.Ordinal),
            ]
        );
    }

    /// <summary>How large a part is, in words.</summary>
    public static string Text(RegisteredFleet part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return Device.FleetCount(part.Units) is { } count ? $"about {count}" : $"fewer than {Device.MinFleetCount}";
    }
}
