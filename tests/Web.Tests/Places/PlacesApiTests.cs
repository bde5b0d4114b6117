using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Places;

/// <summary>Places and their notices, for programs.</summary>
public sealed class PlacesApiTests(SampleCity city)
{
    [Fact]
    public async Task The_notice_of_a_precinct_names_its_fleets_and_no_single_device_of_them()
    {
        var place = await city.Json("/api/v1/places/east-precinct-holding");
        Assert.Equal(["body-worn-east", "in-car-east", "plate-readers-east"], place["fleets"]!.AsArray().Select(fleet => (string)fleet!));

        var answer = await city.Json("/api/v1/places/east-precinct-holding/notice");
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((string)answer["notice"]!["payload"]!));
        var facts = JsonNode.Parse(text)!["facts"]!.AsArray().Where(fact => fact!["fleet"] is not null);
        Assert.Equal(
            [
                "body-worn-east body-worn-video video recorded unknown ",
                "body-worn-east body-worn-video audio recorded unknown ",
                "in-car-east in-car-video video recorded unknown ",
                "in-car-east in-car-video audio recorded unknown ",
                "plate-readers-east alpr stills recorded unknown ",
                "plate-readers-east alpr plates recorded unknown ",
                "plate-readers-east alpr location recorded unknown ",
            ],
            facts.Select(fact =>
                $"{fact!["fleet"]} {fact["technology"]} {fact["capture"]} {fact["mode"]} {fact["certainty"]} {fact["since"]}"
            )
        );
        Assert.DoesNotContain(
            city.Opening.Devices.Where(device => device.Fleet is not null),
            device => text.Contains(device.Id, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_time_in_which_the_server_was_dead_is_told_as_a_gap_without_a_notice()
    {
        var now = city.Time.GetUtcNow();
        var address = "/api/v1/places/harbor-bridge/notice?at=" + NoticePayload.FormatInstant(now);
        var seen = await city.Json(address);
        Assert.Null(seen["gap"]);

        city.Memory.Gap = new ObservationGap(now.AddMinutes(-1), now.AddMinutes(1));
        var unseen = await city.Json(address);
        var present = await city.Json("/api/v1/places/harbor-bridge/notice");
        city.Memory.Gap = null;

        Assert.Equal((null, null), (unseen["notice"], unseen["hash"]));
        Assert.Equal(NoticePayload.FormatInstant(now.AddMinutes(-1)), (string?)unseen["gap"]!["from"]);
        Assert.Equal(NoticePayload.FormatInstant(now.AddMinutes(1)), (string?)unseen["gap"]!["to"]);
        Assert.Equal((string?)seen["hash"], (string?)unseen["gap"]!["lastHash"]);
        Assert.Equal((string?)seen["hash"], (string?)present["hash"]);
        Assert.Empty(unseen["displays"]!.AsArray());
    }

    [Fact]
    public async Task A_time_that_has_not_come_has_no_notice()
    {
        var ahead = NoticePayload.FormatInstant(city.Time.GetUtcNow().AddDays(1));
        using var answer = await city.Reader.GetAsync(
            "/api/v1/places/harbor-bridge/notice?at=" + ahead,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "has not come",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }
}
