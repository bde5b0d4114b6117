using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>Registers and changes devices by the API.</summary>
public sealed class DeviceRegistrationApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    [Fact]
    public async Task A_device_is_registered_once_and_changed_only_with_its_current_version()
    {
        const string Camera =
            """{"id":"api-cam-1","kind":"facility-camera","sensors":["video"],"""
            + """ "place":"east-precinct-lobby","department":"police","reason":"New."}""";
        var (status, registered, etag) = await SendAsync("POST", "devices", Camera);
        Assert.Equal((HttpStatusCode.Created, "\"1\"", 30), (status, etag, (int)registered!["deadlineSeconds"]!));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/taken"), await ProblemAsync("POST", "devices", Camera));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync(
                "POST",
                "devices",
                """{"id":"api-cam-2","kind":"body-worn","sensors":["video"],"place":"east-precinct-lobby","department":"police"}"""
            )
        );

        const string Paused = """{"lifecycle":"paused","deadlineSeconds":120}""";
        Assert.Equal(
            (HttpStatusCode.PreconditionRequired, "/problems/precondition-required"),
            await ProblemAsync("PATCH", "devices/api-cam-1", Paused)
        );
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "/problems/stale"),
            await ProblemAsync("PATCH", "devices/api-cam-1", Paused, "\"7\"")
        );
        foreach (var tags in (string[])["*", "\"7\", \"1\"", "\"1\",\"2\""])
            Assert.Equal((HttpStatusCode.BadRequest, "/problems/one-tag"), await ProblemAsync("PATCH", "devices/api-cam-1", Paused, tags));
        var (_, _, seen) = await SendAsync("GET", "devices/api-cam-1");
        var (changed, body, next) = await SendAsync("PATCH", "devices/api-cam-1", Paused, seen);
        Assert.Equal(
            (HttpStatusCode.OK, "paused", 120, "\"2\""),
            (changed, (string?)body!["lifecycle"], (int)body["deadlineSeconds"]!, next)
        );
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "/problems/stale"),
            await ProblemAsync("PATCH", "devices/api-cam-1", Paused, seen)
        );
        Assert.Equal(30, (int)(await SendAsync("PATCH", "devices/api-cam-1", """{"deadlineSeconds":0}""", next)).Body!["deadlineSeconds"]!);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("PATCH", "devices/api-cam-1", """{"kind":"traffic-camera"}""", "\"3\"")
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("PATCH", "devices/api-cam-1", """{"color":"red"}""", "\"3\"")
        );
    }

    [Theory]
    [InlineData("presence", "\"online\"")]
    [InlineData("lastHeardAt", "\"2026-11-23T20:00:00Z\"")]
    [InlineData("capture", "{\"video\":\"off\"}")]
    public async Task The_reported_state_of_a_device_cannot_be_set(string member, string value)
    {
        const string Device = "devices/east-precinct-lobby-2";
        var (_, before, seen) = await SendAsync("GET", Device);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("PATCH", Device, $$"""{"{{member}}":{{value}}}""", seen)
        );
        Assert.Equal(before!.ToJsonString(), (await SendAsync("GET", Device)).Body!.ToJsonString());
    }

    [Fact]
    public async Task Reading_credentials_and_acts_of_a_mobile_device_is_recorded()
    {
        var readings = City.Enrolled.Reads.Count;
        await SendAsync("GET", $"devices/{Mobile.Id}/credentials");
        Assert.Equal([(Mobile.Id, "credentials")], City.Enrolled.Reads.Skip(readings).Select(reading => (reading.Device, reading.What)));
        var first = (await SendAsync("GET", $"devices/{Mobile.Id}/acts")).Body!["items"]!.AsArray()[^1]!;
        Assert.Equal(
            ("device-registered", "registry", Mobile.Fleet),
            ((string?)first["act"], (string?)first["by"]!["role"], (string?)first["fleet"])
        );
        Assert.Equal(
            (Mobile.Id, "acts"),
            City.Enrolled.Reads.Skip(readings + 1).Select(reading => (reading.Device, reading.What)).Single()
        );
        // Acts on a fixed device are in the ledger.
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "devices/city-hall-garage-1/acts")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("GET", $"devices/{Mobile.Id}/acts?after=x")).Status);
        foreach (var role in Enum.GetValues<Role>().Except([Role.DeviceClerk, Role.Auditor]))
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await ReadAsync($"devices/{Mobile.Id}/acts", City.Staff.AddWithToken("acts-" + Domain.Json.Word(role), role).Token)).Status
            );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await City.Reader.GetAsync($"/api/v1/devices/{Mobile.Id}/acts", TestContext.Current.CancellationToken)).StatusCode
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("PATCH", $"devices/{Mobile.Id}", $$"""{"reason":"{{new string('x', 501)}}"}""", "\"1\"")
        );
    }
}
