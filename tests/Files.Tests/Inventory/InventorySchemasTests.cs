using SurveillanceRegistry.Files.Tests.Fixtures;
using static SurveillanceRegistry.Files.Tests.Fixtures.SamplePaths;

namespace SurveillanceRegistry.Files.Tests.Inventory;

/// <summary>Errors in the entries of an inventory are reported on their line.</summary>
public sealed class InventorySchemasTests
{
    public static TheoryData<string, string, string, string> WrongPlaces() =>
        new()
        {
            {
                "id: body-worn-east-01, kind: body-worn, sensors: [video, audio], fleet: body-worn-east",
                "id: body-worn-east-01, kind: body-worn, sensors: [video, audio], fleet: body-worn-east, place: harbor-bridge",
                "a place for a mobile device (body-worn)",
                "mobile devices have no position anywhere"
            },
            {
                "sensors: [video], place: city-hall-lobby, department: facilities, lifecycle: active}\n\n",
                "sensors: [video], department: facilities, lifecycle: active}\n\n",
                "no 'place' for a fixed device (facility-camera)",
                "'place': a place of this file"
            },
            {
                "{id: kiosk-harbor-bridge, place: harbor-bridge}",
                "{id: kiosk-harbor-bridge, place: harbour-bridge}",
                "'harbour-bridge'",
                "a place of this file: one of east-precinct-lobby"
            },
            {
                "{fleet: body-worn-harbor, department: police, places: [harbor-precinct]}",
                "{fleet: body-worn-harbor, department: police, places: [harbour-precinct]}",
                "'harbour-precinct'",
                "a place of this file or of the register: one of east-precinct-lobby"
            },
            {
                "{fleet: body-worn-harbor, department: police, places: [harbor-precinct]}",
                "{fleet: body-worn-harbour, department: police, places: [harbor-precinct]}",
                "'body-worn-harbour'",
                "a fleet of this file or of the register: one of body-worn-east"
            },
            {
                "{fleet: body-worn-harbor, department: police, places: [harbor-precinct]}",
                "{fleet: body-worn-harbor, department: police, places: []}",
                "an empty list",
                "a list with at least 1"
            },
        };

    public static TheoryData<string, string, string, string> WrongIds() =>
        new()
        {
            { "id: in-car-east-02", "id: in-car-east-01", "'in-car-east-01' again", "each once" },
            { "id: kiosk-city-hall-garage", "id: kiosk-city-hall-lobby", "'kiosk-city-hall-lobby' again", "each once" },
            { "id: harbor-bridge-plates-1", "id: Harbor_Bridge", "'Harbor_Bridge'", "an id of small letters" },
            { "fleets: [body-worn-east, ", "fleets: [body-worn-east, body-worn-east, ", "'body-worn-east' again", "each once" },
        };

    public static TheoryData<string, string, string, string> WrongValues() =>
        new()
        {
            {
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: [stills, plates]",
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: []",
                "an empty list",
                "a list with at least 1"
            },
            {
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: [stills, plates]",
                "id: harbor-bridge-plates-1, kind: alpr-fixed, sensors: [stills, smell]",
                "'smell'",
                "one of video"
            },
            {
                "id: harbor-bridge-plates-1, kind: alpr-fixed",
                "id: harbor-bridge-plates-1, kind: alpr",
                "'alpr'",
                "a kind: one of facility-camera"
            },
            { "sample: true", "sample: false", "'false'", "'true', as in city.yaml" },
        };

    [Theory]
    [MemberData(nameof(WrongPlaces))]
    [MemberData(nameof(WrongIds))]
    [MemberData(nameof(WrongValues))]
    public void A_wrong_entry_of_an_inventory_is_reported_on_its_line(string text, string replacement, string found, string expected) =>
        ProblemAssert.Reports(SampleInventory, text, replacement, found, expected);
}
