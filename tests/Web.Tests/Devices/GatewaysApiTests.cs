using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>Gateways by the API.</summary>
public sealed class GatewaysApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    [Fact]
    public async Task A_gateway_lists_its_mobile_devices_only_to_users_who_may_read_them()
    {
        Assert.Equal(
            HttpStatusCode.Created,
            (
                await SendAsync(
                    "POST",
                    "gateways",
                    """{"id":"api-gateway","department":"police","profile":"lobby-recorder","reason":"New."}"""
                )
            ).Status
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/taken"),
            await ProblemAsync("POST", "gateways", """{"id":"api-gateway","department":"police"}""")
        );
        foreach (var id in new[] { "city-hall-garage-1", Mobile.Id })
            Assert.Equal(HttpStatusCode.OK, (await SendAsync("PATCH", "devices/" + id, """{"gateway":"api-gateway"}""", "\"1\"")).Status);

        var editor = City.Staff.AddWithToken("editor-of-gateways", Role.Editor).Token;
        Assert.Equal(["city-hall-garage-1"], Devices((await ReadAsync("gateways/api-gateway", editor)).Body));
        var readings = City.Enrolled.Reads.Count;
        Assert.Equal([Mobile.Id, "city-hall-garage-1"], Devices((await SendAsync("GET", "gateways/api-gateway")).Body));
        Assert.Equal([(Mobile.Id, "list")], City.Enrolled.Reads.Skip(readings).Select(reading => (reading.Device, reading.What)));

        Assert.Equal(
            (HttpStatusCode.PreconditionRequired, "/problems/precondition-required"),
            await ProblemAsync("PATCH", "gateways/api-gateway", """{"removed":true}""")
        );
        var (_, changed, etag) = await SendAsync("PATCH", "gateways/api-gateway", """{"profile":""}""", "\"1\"");
        Assert.Equal((null, "\"2\""), ((string?)changed!["profile"], etag));
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "/problems/stale"),
            await ProblemAsync("PATCH", "gateways/api-gateway", """{"removed":true}""", "\"1\"")
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("PATCH", "gateways/api-gateway", """{"id":"other"}""", "\"2\"")
        );

        static string[] Devices(JsonNode? gateway) =>
            [.. gateway!["devices"]!.AsArray().Select(id => (string)id!).Order(StringComparer.Ordinal)];
    }
}
