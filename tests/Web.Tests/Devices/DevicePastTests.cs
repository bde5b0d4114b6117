using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;
using Capture = SurveillanceRegistry.Domain.Devices.Capture;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>The past on the public page of one device.</summary>
public sealed partial class DevicePastTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_past_on_the_page_of_a_device_has_the_sensors_of_that_time()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        const string Camera = "east-precinct-lobby-1";
        var register = own.Part<IDeviceRegister>();
        var camera = (await register.FindAsync(Camera, Cancellation))!;
        var changed = camera with { Sensors = [Capture.Video, Capture.Faces] };
        await register.ChangeAsync(changed, 1, new Domain.Ledger.Attribution("device-clerk"), "", own.Time.GetUtcNow(), Cancellation);
        await own.Grains.NotifyDeviceChangedAsync(changed with { Number = camera.Number });
        own.Time.Advance(TimeSpan.FromMinutes(1));

        var page = WebUtility.HtmlDecode(await own.Reader.GetStringAsync($"/devices/{Camera}?at=2026-11-22T15:05", Cancellation));
        var reports = PastReport().Matches(page).Select(match => match.Groups[1].Value).ToArray();
        // The newest first: the microphone was struck and faces were added at the end of the newer interval.
        Assert.Equal(
            [
                "video: recorded; audio: not known: may be recording; faces: not known: may be recording",
                "video: recorded; audio: not known: may be recording",
            ],
            reports
        );
        Assert.Contains(
            "it was reporting. Its report was video: recorded; audio: not known: may be recording.",
            page,
            StringComparison.Ordinal
        );
    }

    [GeneratedRegex("<td data-label=\"Last report\">(.*?)</td>")]
    private static partial Regex PastReport();
}
