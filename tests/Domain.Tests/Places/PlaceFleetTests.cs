using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Tests.Places;

/// <summary>The fleets of a place, as far as they are public.</summary>
public sealed class PlaceFleetTests
{
    private static PlaceFleet Fleet(string id, string technology, params Capture[] captures) =>
        new(id, technology, "police", [.. captures]);

    private static string[] Joined(PlaceFleet[] named, params PlaceFleet[] known) =>
        [.. PlaceFleet.Join(named, known).Select(fleet => $"{fleet.Id} {fleet.Technology}: {CaptureSet.From(fleet.Captures)}")];

    [Fact]
    public void A_fleet_has_what_its_kind_usually_captures_before_its_devices_are_public() =>
        Assert.Equal(
            ["body-worn-east body-worn-video: video, audio", "readers alpr: stills, plates, location"],
            Joined([Fleet("readers", "alpr"), Fleet("body-worn-east", "body-worn-video")])
        );

    [Fact]
    public void A_capture_of_one_device_is_one_of_its_whole_fleet() =>
        Assert.Equal(
            ["body-worn-east body-worn-video: video, audio, faces"],
            Joined(
                [Fleet("body-worn-east", "body-worn-video")],
                Fleet("body-worn-east", "body-worn-video", Capture.Faces),
                Fleet("body-worn-east", "body-worn-video", Capture.Video)
            )
        );
}
