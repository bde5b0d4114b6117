using System.Net;

namespace SurveillanceRegistry.Web.Tests;

/// <summary>What the public sees of one device, and of a fleet.</summary>
public sealed class Pages_of_devices(SampleCity city)
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
        Assert.Contains("it was heard, and reported video: recorded", (await GetAsync("/devices/east-precinct-lobby-1?at=2026-01-15T14:05")).Item2, StringComparison.Ordinal);
        Assert.Contains("There was no such time", (await GetAsync("/devices/east-precinct-lobby-1?at=2026-03-08T02:30")).Item2, StringComparison.Ordinal);
        Assert.Contains("is no day and time", (await GetAsync("/devices/east-precinct-lobby-1?at=yesterday")).Item2, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mobile_unit_has_no_page_no_past_and_no_state_for_anybody_who_passes_by()
    {
        var unit = city.Opening.Devices.First(device => device.KindOf.IsMobile).Id;
        foreach (var path in new[] { "/devices/" + unit, $"/api/v1/devices/{unit}", $"/api/v1/devices/{unit}?asOf=2026-01-15", $"/api/v1/devices/{unit}/history", $"/api/v1/devices/{unit}/availability" })
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(path)).Item1);
    }

    /// <summary>Rules in force allow plate readers; that this one may not take in anything is what the register holds of the device, and not law.</summary>
    [Fact]
    public async Task A_paused_device_that_records_is_called_paused_and_not_unlawful()
    {
        const string Reader = "harbor-tunnel-plates-1";
        await city.Hears(Reader, Domain.Devices.CaptureReport.Every([Domain.Devices.Capture.Stills, Domain.Devices.Capture.Plates], Domain.Devices.Mode.Recorded));
        var page = WebUtility.HtmlDecode((await GetAsync("/devices/" + Reader)).Item2);
        Assert.Contains("Fixed license plate reader of Sample City Police Department, paused. It can take in still images and license plates.", page, StringComparison.Ordinal);
        Assert.Contains("It reports: recorded", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No rule in force", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_planned_or_was_taken_away_is_not_said_to_record()
    {
        Assert.Contains("It is planned and not there yet. The notice of its place does not count it in.", (await GetAsync("/devices/civic-plaza-cctv-9")).Item2, StringComparison.Ordinal);
        var (status, removed) = await GetAsync("/devices/harbor-tunnel-plates-2");
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("It was removed. The notice of its place does not count it in.", removed, StringComparison.Ordinal);
        Assert.DoesNotContain("it may be recording.", removed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fleet_is_a_rounded_number_and_its_rules()
    {
        var fleet = city.Opening.Devices.Where(device => device.Fleet is not null).GroupBy(device => device.Fleet!).First(group => group.Count() >= 11);
        var (status, page) = await GetAsync("/fleets/" + fleet.Key);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("about ", page, StringComparison.Ordinal);
        Assert.DoesNotContain(city.Opening.Devices.Where(device => device.Fleet is not null), device => page.Contains(device.Id + "<", StringComparison.Ordinal));
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
}
