using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Files.Tests;

public sealed class The_files_of_the_checkout
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
        Assert.All(files, file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(SampleCity.Root, file.Name)))), file.Sha256));
    }

    [Fact]
    public void Are_marked_as_a_sample_with_telephone_numbers_that_ring_nowhere()
    {
        var city = SampleCity.Opening.Governance.City;
        Assert.True(city.IsSample);
        Assert.All(city.Departments.Select(department => department.Phone).Append(city.Records.Phone), phone => Assert.Matches("^206-555-01[0-9]{2}$", phone));
        Assert.EndsWith(".example", new Uri(city.Records.Url).Host, StringComparison.Ordinal);
    }

    [Fact]
    public void Install_the_main_kinds_at_places_with_kiosks_and_keep_mobile_units_without_a_position()
    {
        var opening = SampleCity.Opening;
        Assert.True(opening.Devices.Length >= 24 && opening.Places.Length >= 5 && opening.Kiosks.Length >= 5);
        Assert.Superset(new HashSet<string> { "facility-camera", "holding-cell-camera", "traffic-camera", "red-light-camera", "speed-camera", "alpr-fixed", "alpr-patrol", "body-worn", "in-car" },
            opening.Devices.Select(device => device.Kind).ToHashSet());
        Assert.All(opening.Devices, device => Assert.Equal(device.KindOf.IsMobile, device.Place is null));
        Assert.All(opening.Places, place => Assert.Contains(opening.Kiosks, kiosk => kiosk.Place == place.Id));
        Assert.Contains(opening.Devices.Where(device => device.Kind == "body-worn").GroupBy(device => device.Fleet), fleet => fleet.Count() >= 11);
        Assert.Contains(opening.Devices, device => device is { Place: "east-precinct-lobby", Kind: "facility-camera", Department: "police", Sensors: [Capture.Video, Capture.Audio] });
    }
}
