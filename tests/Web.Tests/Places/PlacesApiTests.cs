using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Places;

/// <summary>Places and their notices, for programs.</summary>
public sealed class PlacesApiTests(SampleCity city)
{
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
}
