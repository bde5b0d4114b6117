using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>A notice with other texts than the registry composes, signed by the city.</summary>
internal static class RewrittenNotice
{
    /// <summary>Changes the texts of each face in each language, and signs the notice anew.</summary>
    public static SignedNotice Rewritten(this SignedNotice notice, SampleCity city, Action<JsonObject> change)
    {
        var payload = JsonNode.Parse(notice.PayloadBytes())!;
        foreach (var text in new[] { payload, payload["worst"]! }.SelectMany(face => face["languages"]!.AsObject()))
            change(text.Value!.AsObject());
        var content = NoticeComposer.Compose(
            city.Opening.Places.First(place => place.Id == notice.Place),
            [],
            city.Opening.Governance,
            city.Opening.Governance.City.DayAt(notice.IssuedAt),
            city.Url
        );
        return SignedNotice.Sign(content, JsonSerializer.SerializeToUtf8Bytes(payload), notice.Sequence, notice.IssuedAt, city.Key);
    }
}
