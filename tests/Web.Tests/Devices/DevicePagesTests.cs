using System.Net;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>What the public sees of one device, and of a fleet.</summary>
public sealed class DevicePagesTests(SampleCity city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<(HttpStatusCode, string)> GetAsync(string path)
    {
        using var answer = await city.Reader.GetAsync(path, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_fixed_device_says_what_it_does_what_governs_it_and_what_it_did()
    {
        var (status, page) = await GetAsync("/devices/east-precinct-lobby-1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("It reports: recorded", page, StringComparison.Ordinal);
        Assert.Contains("/instruments/spd-manual-10.060", page, StringComparison.Ordinal);
        Assert.Contains("heard for 50 %, not heard for 50 %", page, StringComparison.Ordinal);
        Assert.Contains("class=\"strip\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_answers_what_it_was_doing_at_a_time_in_the_city()
    {
        Assert.Contains(
            "it was heard, and reported video: recorded",
            (await GetAsync("/devices/east-precinct-lobby-1?at=2026-01-15T14:05")).Item2,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "There was no such time",
            (await GetAsync("/devices/east-precinct-lobby-1?at=2026-03-08T02:30")).Item2,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is no day and time",
            (await GetAsync("/devices/east-precinct-lobby-1?at=yesterday")).Item2,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_mobile_unit_has_no_page_no_past_and_no_state_for_anybody_who_passes_by()
    {
        var unit = city.Opening.Devices.First(device => device.KindOf.IsMobile).Id;
        foreach (
            var path in new[]
            {
                "/devices/" + unit,
                $"/api/v1/devices/{unit}",
                $"/api/v1/devices/{unit}?asOf=2026-01-15",
                $"/api/v1/devices/{unit}/history",
                $"/api/v1/devices/{unit}/availability",
            }
        )
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(path)).Item1);
    }

    /// <summary>
    /// Rules in force allow plate readers; that this one may not take in anything is what the register holds of the device, and not law.
    /// </summary>
    [Fact]
    public async Task A_paused_device_that_records_is_called_paused_and_not_unlawful()
    {
        const string Reader = "harbor-tunnel-plates-1";
        await city.Hears(
            Reader,
            Domain.Devices.CaptureReport.Every([Domain.Devices.Capture.Stills, Domain.Devices.Capture.Plates], Domain.Devices.Mode.Recorded)
        );
        var page = WebUtility.HtmlDecode((await GetAsync("/devices/" + Reader)).Item2);
        Assert.Contains(
            "Fixed license plate reader of Sample City Police Department, paused. It can take in still images and license plates.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("It reports: recorded", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No rule in force", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_planned_or_was_taken_away_is_not_said_to_record()
    {
        Assert.Contains(
            "It is planned and not there yet. The notice of its place does not count it in.",
            (await GetAsync("/devices/civic-plaza-cctv-9")).Item2,
            StringComparison.Ordinal
        );
        var (status, removed) = await GetAsync("/devices/harbor-tunnel-plates-2");
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("It was removed. The notice of its place does not count it in.", removed, StringComparison.Ordinal);
        Assert.DoesNotContain("it may be recording.", removed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_taken_away_and_still_speaks_is_counted_until_it_is_not_heard_any_more()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        const string Removed = "harbor-tunnel-plates-2",
            Place = "harbor-tunnel";
        var device = (await own.Part<Domain.Devices.IDeviceRegister>().FindAsync(Removed, Cancellation))!;
        async Task<(HttpStatusCode, string)> Page()
        {
            using var answer = await own.Reader.GetAsync("/devices/" + Removed, Cancellation);
            return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation)));
        }
        async Task<bool> IsNamed() => (await own.Json("/api/v1/places/" + Place))["devices"]!.AsArray().Any(one => (string?)one == Removed);

        Assert.False(await IsNamed());
        await own.Hears(
            Removed,
            Domain.Devices.CaptureReport.Every(device.Sensors.Add(Domain.Devices.Capture.Audio), Domain.Devices.Mode.Recorded)
        );
        var (status, page) = await Page();
        Assert.Equal((HttpStatusCode.Gone, true), (status, await IsNamed()));
        Assert.Contains("The notice of its place still counts it in", page, StringComparison.Ordinal);
        Assert.Contains(
            (await own.Grains.Place(Place).Describe())!.Content.Worst.Facts,
            fact => fact.Capture == Domain.Devices.Capture.Audio
        );

        await own.Grains.PartitionOf(device).ApplyDeath(device.Number, 1, 0, Domain.Presence.SessionEnd.NotAuthorized);
        (status, page) = await Page();
        Assert.Equal((HttpStatusCode.Gone, false), (status, await IsNamed()));
        Assert.Contains("It was removed. The notice of its place does not count it in.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("it may be recording.", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            (await own.Grains.Place(Place).Describe())!.Content.Worst.Facts,
            fact => fact.Capture == Domain.Devices.Capture.Audio
        );
        Assert.Equal(HttpStatusCode.Gone, (await own.Reader.GetAsync("/api/v1/devices/" + Removed, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_device_of_which_only_something_old_is_known_was_never_heard_and_not_in_1970()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        const string Camera = "alder-school-zone-speed-1";
        var device = (await own.Part<Domain.Devices.IDeviceRegister>().FindAsync(Camera, Cancellation))!;
        await own
            .Grains.PartitionOf(device)
            .ApplyHeartbeats([
                new Domain.Presence.Heartbeat(
                    device.Number,
                    Camera,
                    1,
                    1,
                    own.Time.GetUtcNow(),
                    null,
                    Domain.Devices.CaptureReport.Every(device.Sensors, Domain.Devices.Mode.Recorded),
                    Domain.Presence.Health.Ok,
                    "1.0",
                    null
                )
                {
                    ProvesLife = false,
                    UnregisteredCaptures = Domain.Devices.CaptureSet.From(Domain.Devices.Capture.Audio),
                },
            ]);

        var shape = await own.Json("/api/v1/devices/" + Camera);
        Assert.Equal(
            (null, "recorded", "audio"),
            ((string?)shape["lastHeardAt"], (string?)shape["capture"]!["stills"], (string?)Assert.Single(shape["beyond"]!.AsArray()))
        );
        var page = WebUtility.HtmlDecode(await own.Reader.GetStringAsync("/devices/" + Camera, Cancellation));
        Assert.Contains("It was never heard, and may be recording.", page, StringComparison.Ordinal);
        Assert.Contains("Audio", page, StringComparison.Ordinal);
        foreach (var path in new[] { "/devices/" + Camera, "/places/alder-school-zone", "/api/v1/places/alder-school-zone/notice" })
            Assert.DoesNotContain("1970", await own.Reader.GetStringAsync(path, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fleet_is_a_rounded_number_and_its_rules()
    {
        var fleet = city
            .Opening.Devices.Where(device => device.Fleet is not null)
            .GroupBy(device => device.Fleet!)
            .First(group => group.Count() >= Domain.Devices.Device.MinFleetCount);
        var (status, page) = await GetAsync("/fleets/" + fleet.Key);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("about ", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            city.Opening.Devices.Where(device => device.Fleet is not null),
            device => page.Contains(device.Id + "<", StringComparison.Ordinal)
        );
        Assert.Equal(0, (int)(await city.Json("/api/v1/fleets/" + fleet.Key))["kinds"]![0]!["units"]! % 5);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/fleets/nobody")).Item1);
    }

    [Fact]
    public async Task The_front_page_names_what_moves_through_the_whole_city_with_its_fleets()
    {
        var page = (await GetAsync("/")).Item2;
        foreach (var technology in Domain.Devices.DeviceKind.All.Where(kind => kind.IsMobile).Select(kind => kind.Technology).Distinct())
            Assert.Contains($"<dt><a href=\"/technologies/{technology}\">", page, StringComparison.Ordinal);
        foreach (var fleet in city.Opening.Devices.Where(device => device.Fleet is not null).GroupBy(device => device.Fleet!))
            Assert.Contains($"<a href=\"/fleets/{fleet.Key}\">", page, StringComparison.Ordinal);
        Assert.Contains("about ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_public_changes_when_a_mobile_unit_is_registered_moved_or_removed_until_an_hour_later()
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

        var clerk = new Domain.Ledger.Attribution("device-clerk");
        var now = own.Time.GetUtcNow();
        for (var i = 1; i <= 5; i++)
            Assert.True(
                (await register.RegisterAsync(fleets[0][0] with { Id = $"new-unit-{i}", Number = 0 }, clerk, "", now, Cancellation)).IsDone
            );
        foreach (var moved in fleets[0][..3])
            Assert.True((await register.ChangeAsync(moved with { Department = "parking" }, 1, clerk, "", now, Cancellation)).IsDone);
        foreach (var removed in fleets[1]) // All of them: the fleet is there for another hour.
            Assert.True(
                (
                    await register.ChangeAsync(
                        removed with
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
    public async Task A_new_fleet_is_there_at_once_and_its_units_an_hour_later()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        var unit = own.Opening.Devices.First(device => device.KindOf.IsMobile) with { Id = "night-unit-1", Fleet = "night", Number = 0 };
        await own.Part<Domain.Devices.IDeviceRegister>()
            .RegisterAsync(unit, new Domain.Ledger.Attribution("device-clerk"), "", own.Time.GetUtcNow(), Cancellation);
        Assert.Contains(
            "its number is not shown yet",
            await own.Reader.GetStringAsync("/fleets/night", Cancellation),
            StringComparison.Ordinal
        );
        Assert.Contains("href=\"/fleets/night\"", await own.Reader.GetStringAsync("/places", Cancellation), StringComparison.Ordinal);
        await own.Json("/api/v1/fleets/night", HttpStatusCode.NotFound);
        own.Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains("fewer than 13", await own.Reader.GetStringAsync("/fleets/night", Cancellation), StringComparison.Ordinal);
        Assert.Null((await own.Json("/api/v1/fleets/night"))["kinds"]![0]!["units"]);
    }
}
