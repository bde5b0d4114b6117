using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>Finds devices that are far from all others: another state, or a sign or a digit too many.</summary>
internal static class FarAway
{
    private const double MaxMetres = 100_000;

    /// <summary>Says of each row that is far away what was found, and what was expected.</summary>
    public static IEnumerable<(int Row, string Found, string Expected)> Find(IEnumerable<ListedDevice> devices)
    {
        var located = devices.Where(device => device.Device.Position is not null).ToArray();
        if (located.Length < 3)
            yield break;
        var middle = Position.Middle([.. located.Select(device => device.Device.Position!.Value)]);
        foreach (var device in located)
        {
            var (position, metres) = (device.Device.Position!.Value, device.Device.Position!.Value.MetresTo(middle));
            if (metres > MaxMetres)
                yield return (
                    device.Row,
                    $"{position}, which is {metres / 1000:0} km from the middle of the list",
                    $"a position within {MaxMetres / 1000:0} km of the others: look at its signs, and at which of the two is the latitude"
                );
        }
    }
}
