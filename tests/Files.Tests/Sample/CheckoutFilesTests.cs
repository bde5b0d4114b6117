using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

public sealed class CheckoutFilesTests
{
    [Fact]
    public void Hold_no_error()
    {
        using var city = new SampleCity();
        Assert.Equal([], city.Problems());
        Assert.NotNull(city.Read().Value);
    }

    [Fact]
    public void Are_all_kept_by_name_and_hash()
    {
        var files = SampleCity.Opening.Files;
        Assert.Equal(SampleCity.Files.Order(StringComparer.Ordinal), files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.All(
            files,
            file =>
                Assert.Equal(
                    Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(SampleCity.Root, file.Name)))),
                    file.Sha256
                )
        );
    }

    [Fact]
    public void Are_marked_as_a_sample_with_telephone_numbers_that_ring_nowhere()
    {
        var city = SampleCity.Opening.Governance.City;
        Assert.True(city.IsSample);
        Assert.All(
            city.Departments.Select(department => department.Phone).Append(city.Records.Phone),
            phone => Assert.Matches("^206-555-01[0-9]{2}$", phone)
        );
        Assert.EndsWith(".example", new Uri(city.Records.Url).Host, StringComparison.Ordinal);
    }

    [Fact]
    public void Install_every_kind_at_many_places_with_screens_and_keep_mobile_units_without_a_position()
    {
        var opening = SampleCity.Opening;
        Assert.True(
            opening.Devices.Length >= 240
                && opening.Places.Length >= 16
                && opening.Kiosks.Select(kiosk => kiosk.Place).Distinct().Count() >= 12
        );
        Assert.Equal(DeviceKind.All.Select(kind => kind.Id).Order(), opening.Devices.Select(device => device.Kind).Distinct().Order());
        Assert.Equal(Enum.GetValues<Lifecycle>(), opening.Devices.Select(device => device.Lifecycle).Distinct().Order());
        Assert.All(opening.Devices, device => Assert.Equal(device.KindOf.IsMobile, device.Place is null));
        Assert.Contains(opening.Places, place => opening.Kiosks.All(kiosk => kiosk.Place != place.Id)); // There are only printed signs.
        Assert.Equal("meadow-green", Assert.Single(opening.Places, place => opening.Devices.All(device => device.Place != place.Id)).Id);
        Assert.Contains(
            opening.Devices,
            device =>
                device
                    is {
                        Place: "east-precinct-lobby",
                        Kind: "facility-camera",
                        Department: "police",
                        Sensors: [Capture.Video, Capture.Audio]
                    }
        );
    }

    [Fact]
    public void Keep_fleets_large_enough_to_be_counted_in_public()
    {
        var fleets = SampleCity
            .Opening.Devices.Where(device =>
                device is { Fleet: not null, Lifecycle: Lifecycle.Active or Lifecycle.Paused or Lifecycle.Installed }
            )
            .GroupBy(device => device.Fleet)
            .ToArray();
        Assert.Equal(
            ["alpr-parking", "alpr-patrol", "body-worn", "in-car"],
            fleets.Select(fleet => Assert.Single(fleet.Select(device => device.Kind).Distinct())).Distinct().Order()
        );
        Assert.All(fleets, fleet => Assert.True(fleet.Count() >= 25, fleet.Key));
    }

    /// <summary>
    /// The longest id is a word of the place, the kind and a number; no long run of digits, which could be a badge or a serial number.
    /// </summary>
    [Fact]
    public void Name_units_by_what_and_where_they_are() =>
        Assert.All(SampleCity.Opening.Devices, device => Assert.Matches("^[a-z]+(-[a-z]+)*-[0-9]{1,2}$", device.Id));
}
