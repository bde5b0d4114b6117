using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>The public page of one device.</summary>
public sealed partial class DevicePagesTests(SampleCity city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<(HttpStatusCode, string)> GetAsync(string path)
    {
        using var answer = await city.Reader.GetAsync(path, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_page_of_a_fixed_device_has_its_state_its_rules_and_its_past()
    {
        var (status, page) = await GetAsync("/devices/east-precinct-lobby-1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("It reports: recorded", page, StringComparison.Ordinal);
        Assert.Contains("/instruments/spd-manual-10.060", page, StringComparison.Ordinal);
        Assert.Contains("reporting for 50 % of the time and not reporting for 50 %", page, StringComparison.Ordinal);
        Assert.Contains("class=\"strip\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_device_answers_what_it_was_doing_at_a_local_time()
    {
        Assert.Contains(
            "it was reporting. Its report was video: recorded",
            (await GetAsync("/devices/east-precinct-lobby-1?at=2026-01-15T14:05")).Item2,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "There was no such time",
            (await GetAsync("/devices/east-precinct-lobby-1?at=2026-03-08T02:30")).Item2,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is not a date and time",
            (await GetAsync("/devices/east-precinct-lobby-1?at=yesterday")).Item2,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_device_is_answered_with_what_the_register_said_of_it_at_the_time()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        var register = own.Part<Domain.Devices.IDeviceRegister>();
        var camera = (await register.FindAsync("city-hall-lobby-1", TestContext.Current.CancellationToken))!;
        own.Time.Advance(TimeSpan.FromHours(1)); // To 16:00 in the city.
        var moved = await register.ChangeAsync(
            camera with
            {
                Place = "harbor-bridge",
                Lifecycle = Domain.Devices.Lifecycle.Paused,
            },
            1,
            new Domain.Ledger.Attribution("device-clerk"),
            "",
            own.Time.GetUtcNow(),
            TestContext.Current.CancellationToken
        );
        Assert.True(moved.IsDone);
        own.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["city-hall-lobby active"], await SaidAsync("2026-11-23T23:59:59Z"));
        Assert.Equal(["harbor-bridge paused"], await SaidAsync("2026-11-24T00:00:00Z"));
        Assert.Equal(["city-hall-lobby active", "harbor-bridge paused"], await SaidAsync("2026-11-23"));
        Assert.EndsWith(
            "that time has not come.",
            await RefusedAsync("2026-11-24T01:00:00Z", HttpStatusCode.BadRequest),
            StringComparison.Ordinal
        );
        Assert.Contains("was not registered yet", await RefusedAsync("1999-01-01", HttpStatusCode.NotFound), StringComparison.Ordinal);

        async Task<string[]> SaidAsync(string asOf)
        {
            var past = await own.Json("/api/v1/devices/city-hall-lobby-1?asOf=" + asOf);
            var said = past["registered"]!.AsArray().Select(entry => $"{entry!["place"]} {entry["lifecycle"]}").ToArray();
            Assert.Equal(said[^1], $"{past["place"]} {past["lifecycle"]}");
            return said;
        }

        async Task<string> RefusedAsync(string asOf, HttpStatusCode status) =>
            (string)(await own.Json("/api/v1/devices/city-hall-lobby-1?asOf=" + asOf, status))["detail"]!;
    }

    [Fact]
    public async Task The_public_cannot_see_page_state_or_past_of_a_mobile_device()
    {
        var mobile = city.Opening.Devices.First(device => device.KindOf.IsMobile).Id;
        foreach (
            var path in new[]
            {
                "/devices/" + mobile,
                $"/api/v1/devices/{mobile}",
                $"/api/v1/devices/{mobile}?asOf=2026-01-15",
                $"/api/v1/devices/{mobile}/history",
                $"/api/v1/devices/{mobile}/availability",
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
            Domain.Devices.CaptureReport.ForAll(
                [Domain.Devices.Capture.Stills, Domain.Devices.Capture.Plates],
                Domain.Devices.Mode.Recorded
            )
        );
        var page = WebUtility.HtmlDecode((await GetAsync("/devices/" + Reader)).Item2);
        Assert.Contains(
            "Fixed license plate reader, Sample City Police Department. Status: paused. It can capture still images and license plates.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("It reports: recorded", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No registered rule", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_planned_or_removed_device_is_not_said_to_record()
    {
        Assert.Contains(
            "It is planned and not installed yet. The notice of its place does not include it.",
            (await GetAsync("/devices/civic-plaza-cctv-9")).Item2,
            StringComparison.Ordinal
        );
        var (status, removed) = await GetAsync("/devices/harbor-tunnel-plates-2");
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("It was removed. The notice of its place does not include it.", removed, StringComparison.Ordinal);
        Assert.DoesNotContain("may be recording.", Confirmed(removed), StringComparison.Ordinal);
        // Since then it may have given a sign of life.
        Assert.Contains("What it does now is not confirmed. It may be recording. Last report: never.", removed, StringComparison.Ordinal);
    }

    /// <summary>A page without its worst case.</summary>
    private static string Confirmed(string page) => WorstCase().Replace(page, "");

    [GeneratedRegex("<template data-worst>.*?</template>", RegexOptions.Singleline)]
    private static partial Regex WorstCase();

    [Fact]
    public async Task A_report_of_which_one_mode_is_in_doubt_names_that_sensor_as_not_known()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        const string Camera = "east-precinct-lobby-1";
        var device = (await own.Part<Domain.Devices.IDeviceRegister>().FindAsync(Camera, Cancellation))!;
        await own.Hears(Camera, Domain.Devices.CaptureReport.ForAll(device.Sensors, Domain.Devices.Mode.Off));
        var observed = await own.Grains.PartitionOf(device).FindObservation(device.Number, Camera);
        var videoOnly = Domain.Devices.CaptureReport.ForAll([Domain.Devices.Capture.Video], Domain.Devices.Mode.Off);
        await own.Grains.PartitionOf(device).ApplyRejected(device.Number, videoOnly, default, observed!.Epoch, observed.Seq);
        await own.Grains.PartitionOf(device).Wake();
        var page = await own.Reader.GetStringAsync("/places/" + device.Place, Cancellation);
        Assert.Contains("video: off; audio: not known: may be recording", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_device_that_still_reports_is_included_until_it_is_silent()
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
            Domain.Devices.CaptureReport.ForAll(device.Sensors.Add(Domain.Devices.Capture.Audio), Domain.Devices.Mode.Recorded)
        );
        var (status, page) = await Page();
        Assert.Equal((HttpStatusCode.Gone, true), (status, await IsNamed()));
        Assert.Contains("The notice of its place still includes it", page, StringComparison.Ordinal);
        Assert.Contains(
            (await own.Grains.Place(Place).Describe())!.Content.Worst.Facts,
            fact => fact.Capture == Domain.Devices.Capture.Audio
        );

        await own.Grains.PartitionOf(device).ApplyDeath(device.Number, 1, 0, Domain.Presence.SessionEnd.NotAuthorized);
        (status, page) = await Page();
        Assert.Equal((HttpStatusCode.Gone, false), (status, await IsNamed()));
        Assert.Contains("It was removed. The notice of its place does not include it.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("may be recording.", Confirmed(page), StringComparison.Ordinal);
        Assert.DoesNotContain(
            (await own.Grains.Place(Place).Describe())!.Content.Worst.Facts,
            fact => fact.Capture == Domain.Devices.Capture.Audio
        );
        Assert.Equal(HttpStatusCode.Gone, (await own.Reader.GetAsync("/api/v1/devices/" + Removed, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_struck_sensor_stays_in_the_answer_for_its_device_until_confirmed()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        const string Camera = "east-precinct-lobby-1";
        var register = own.Part<Domain.Devices.IDeviceRegister>();
        var device = (await register.FindAsync(Camera, Cancellation))!;
        var version = (await register.VersionAsync(Camera, Cancellation))!.Value;
        var changed = device with { Sensors = [Domain.Devices.Capture.Faces] };
        await register.ChangeAsync(changed, version, new("device-clerk", null, "st-1"), "", own.Time.GetUtcNow(), Cancellation);
        await own.Grains.NotifyDeviceChangedAsync(changed with { Number = device.Number });

        var one = await own.Json("/api/v1/devices/" + Camera);
        var listed = (await own.Json("/api/v1/devices?place=" + device.Place))["items"]!.AsArray();
        foreach (var answer in new[] { one, listed.Single(item => (string?)item!["id"] == Camera)! })
        {
            var withdrawn = Assert.Single(answer["withdrawn"]!.AsArray())!;
            Assert.Equal(device.Place, (string?)withdrawn["place"]);
            Assert.Contains("video", withdrawn["captures"]!.AsArray().Select(capture => (string?)capture));
        }
    }

    [Fact]
    public async Task A_device_with_only_old_heartbeats_has_never_reported()
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
                    Domain.Devices.CaptureReport.ForAll(device.Sensors, Domain.Devices.Mode.Recorded),
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
        Assert.Contains("It has never reported and may be recording.", page, StringComparison.Ordinal);
        Assert.Contains("Audio", page, StringComparison.Ordinal);
        foreach (var path in new[] { "/devices/" + Camera, "/places/alder-school-zone", "/api/v1/places/alder-school-zone/notice" })
            Assert.DoesNotContain("1970", await own.Reader.GetStringAsync(path, Cancellation), StringComparison.Ordinal);
    }
}
