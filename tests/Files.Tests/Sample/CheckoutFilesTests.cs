using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

public sealed class CheckoutFilesTests
{
    [Fact]
    public void The_files_of_the_sample_city_have_no_error()
    {
        using var city = new SampleCity();
        Assert.Equal([], city.Problems());
        Assert.NotNull(city.Read().Value);
    }

    [Fact]
    public void The_opening_records_every_file_by_name_and_hash()
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
    public void The_sample_city_is_marked_as_a_sample_and_has_fictitious_numbers()
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
    public void The_sample_inventory_has_every_kind_and_no_position_of_mobile_units()
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
        // Some places have printed signs only.
        Assert.Contains(opening.Places, place => opening.Kiosks.All(kiosk => kiosk.Place != place.Id));
        Assert.Equal("meadow-green", Assert.Single(opening.Places, place => opening.Devices.All(device => device.Place != place.Id)).Id);
        var lobby = opening.Devices.Where(device => device.Place == "east-precinct-lobby" && device.Kind == "facility-camera");
        Assert.Contains(lobby, device => device.Department == "police" && device.Sensors.SequenceEqual([Capture.Video, Capture.Audio]));
    }

    [Fact]
    public void Every_sample_fleet_is_large_enough_to_be_counted_in_public()
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
    /// An id has words of the place, the kind and a short number. A long number could be a badge or serial number.
    /// </summary>
    [Fact]
    public void A_sample_device_is_named_by_its_place_and_kind_with_a_short_number() =>
        Assert.All(SampleCity.Opening.Devices, device => Assert.Matches("^[a-z]+(-[a-z]+)*-[0-9]{1,2}$", device.Id));
}
