using System.Net;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>The public pages of fleets of mobile devices.</summary>
public sealed class FleetPagesTests(SampleCity city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<(HttpStatusCode, string)> GetAsync(string path)
    {
        using var answer = await city.Reader.GetAsync(path, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_page_of_a_fleet_has_a_rounded_number_and_its_rules()
    {
        var fleet = city
            .Opening.Devices.Where(device => device.Fleet is not null)
            .GroupBy(device => device.Fleet!)
            .First(group => group.Count() >= PublishedFleetCount.MinDevices);
        var (status, page) = await GetAsync("/fleets/" + fleet.Key);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("about ", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            city.Opening.Devices.Where(device => device.Fleet is not null),
            device => page.Contains(device.Id + "<", StringComparison.Ordinal)
        );
        Assert.Equal(0, (int)(await city.Json("/api/v1/fleets/" + fleet.Key))["kinds"]![0]!["units"]! % 5);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/fleets/unknown-fleet")).Item1);
    }

    [Fact]
    public async Task The_front_page_has_the_mobile_technologies_with_their_fleets()
    {
        var page = (await GetAsync("/")).Item2;
        foreach (var technology in Domain.Devices.DeviceKind.All.Where(kind => kind.IsMobile).Select(kind => kind.Technology).Distinct())
            Assert.Contains($"<dt><a href=\"/technologies/{technology}\">", page, StringComparison.Ordinal);
        foreach (var fleet in city.Opening.Devices.Where(device => device.Fleet is not null).GroupBy(device => device.Fleet!))
            Assert.Contains($"<a href=\"/fleets/{fleet.Key}\">", page, StringComparison.Ordinal);
        Assert.Contains("about ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_mobile_devices_is_public_only_an_hour_later()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        var register = own.Part<Domain.Devices.IDeviceRegister>();
        var fleets = own
            .Opening.Devices.Where(device => device.Fleet is not null)
            .GroupBy(device => (device.Fleet, device.Kind))
            .OrderByDescending(fleet => fleet.Count())
            .Take(2)
            .Select(fleet => fleet.ToArray())
            .ToArray();
        string[] paths =
        [
            "/",
            "/places",
            "/api/v1/fleets",
            "/api/v1/devices",
            "/api/v1/ingest",
            .. fleets.SelectMany(fleet => new[] { "/fleets/" + fleet[0].Fleet, "/api/v1/fleets/" + fleet[0].Fleet }).Distinct(),
        ];
        async Task<string[]> All() => await Task.WhenAll(paths.Select(path => own.Reader.GetStringAsync(path, Cancellation)));
        async Task<string> Numbers() => (await own.Json("/api/v1/fleets")).ToJsonString();
        var (before, numbers) = (await All(), await Numbers());

        await ChangeAsync(register, fleets[0], fleets[1], own.Time.GetUtcNow());
        Assert.Equal(before, await All());

        own.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(numbers, await Numbers());
        own.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(numbers, await Numbers());
        Assert.DoesNotContain(
            $"\"id\":\"{fleets[1][0].Fleet}\",\"kind\":\"{fleets[1][0].Kind}\"",
            await Numbers(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_new_fleet_is_public_at_once_and_its_size_an_hour_later()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        var device = own.Opening.Devices.First(device => device.KindOf.IsMobile) with
        {
            Id = "night-device-1",
            Fleet = "night",
            Number = 0,
        };
        await own.Part<Domain.Devices.IDeviceRegister>()
            .RegisterAsync(device, new Domain.Ledger.Attribution("device-clerk"), "", own.Time.GetUtcNow(), Cancellation);
        Assert.Contains(
            "Its size is not shown yet",
            await own.Reader.GetStringAsync("/fleets/night", Cancellation),
            StringComparison.Ordinal
        );
        Assert.Contains("href=\"/fleets/night\"", await own.Reader.GetStringAsync("/places", Cancellation), StringComparison.Ordinal);
        var entry = (await own.Json("/api/v1/fleets"))["items"]!
            .AsArray()
            .Single(fleet => (string?)fleet!["id"] == "night")!
            .ToJsonString();
        Assert.Equal($$"""{"id":"night","kind":null,"technology":"{{device.Technology}}","department":null,"units":null}""", entry);
        Assert.Equal($"[{entry}]", (await own.Json("/api/v1/fleets/night"))["kinds"]!.ToJsonString());
        own.Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains("fewer than 13", await own.Reader.GetStringAsync("/fleets/night", Cancellation), StringComparison.Ordinal);
        var later = Assert.Single((await own.Json("/api/v1/fleets/night"))["kinds"]!.AsArray())!;
        Assert.Equal((device.Kind, device.Department), ((string?)later["kind"], (string?)later["department"]));
        Assert.Null(later["units"]);
    }

    /// <summary>Adds devices to a fleet, moves some to another department, and removes all devices of another fleet.</summary>
    private static async Task ChangeAsync(
        Domain.Devices.IDeviceRegister register,
        Domain.Devices.Device[] changed,
        Domain.Devices.Device[] removed,
        DateTimeOffset now
    )
    {
        var clerk = new Domain.Ledger.Attribution("device-clerk");
        for (var i = 1; i <= 5; i++)
            Assert.True(
                (await register.RegisterAsync(changed[0] with { Id = $"new-device-{i}", Number = 0 }, clerk, "", now, Cancellation)).IsDone
            );
        foreach (var moved in changed[..3])
            Assert.True((await register.ChangeAsync(moved with { Department = "parking" }, 1, clerk, "", now, Cancellation)).IsDone);
        foreach (var device in removed) // All of them: the fleet stays public for another hour.
            Assert.True(
                (
                    await register.ChangeAsync(
                        device with
                        {
                            Lifecycle = Domain.Devices.Lifecycle.Removed,
                        },
                        1,
                        clerk,
                        "",
                        now,
                        Cancellation
                    )
                ).IsDone
            );
    }
}
