using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>Devices, gateways and credentials for programs of device clerks.</summary>
public sealed class DeviceRegistrationApiTests : IClassFixture<StaffedCity>
{
    private readonly StaffedCity _house;
    private readonly string _clerk;

    public DeviceRegistrationApiTests(StaffedCity house) =>
        (_house, _clerk) = (house, house.City.Staff.Adds($"clerk-{Guid.NewGuid():n}", Role.DeviceClerk).Token);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Device Mobile => _house.City.Opening.Devices.First(device => device.KindOf.IsMobile);

    [Fact]
    public async Task A_device_is_registered_once_and_changed_by_whoever_has_seen_its_version()
    {
        const string Camera =
            """{"id":"api-cam-1","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby","department":"police","reason":"New."}""";
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
    public async Task What_a_device_is_doing_is_the_devices_to_say_and_nobody_s_to_set(string member, string value)
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
    public async Task A_secret_is_answered_once_and_listed_without_it()
    {
        var (status, issued, _) = await SendAsync(
            "POST",
            "devices/east-precinct-lobby-1/credentials",
            """{"kind":"secret","reason":"First."}"""
        );
        Assert.Equal((HttpStatusCode.Created, "east-precinct-lobby-1"), (status, (string?)issued!["deviceId"]));
        Assert.Equal(["deviceId", "secret"], issued.AsObject().Select(one => one.Key));
        var (_, list, _) = await SendAsync("GET", "devices/east-precinct-lobby-1/credentials");
        Assert.Equal(["number", "kind", "from", "to", "notAfter"], list!["items"]![0]!.AsObject().Select(one => one.Key));
        Assert.DoesNotContain((string)issued["secret"]!, list.ToJsonString(), StringComparison.Ordinal);
        var number = (long)list["items"]![0]!["number"]!;
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await SendAsync("POST", $"devices/east-precinct-lobby-1/credentials/{number}/end", """{"reason":"Stolen."}""")).Status
        );
        Assert.Equal(
            (HttpStatusCode.NotFound, "/problems/not-found"),
            await ProblemAsync("POST", $"devices/east-precinct-lobby-1/credentials/{number}/end", "")
        );
        Assert.NotNull((await SendAsync("GET", "devices/east-precinct-lobby-1/credentials")).Body!["items"]![0]!["to"]);
        Assert.Equal(
            (HttpStatusCode.NotFound, "/problems/not-found"),
            await ProblemAsync("POST", "devices/nobody/credentials", """{"kind":"secret"}""")
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("POST", "devices/east-precinct-lobby-1/credentials", """{"kind":"password"}""")
        );
    }

    [Theory]
    [InlineData("city-hall-lobby-1", null, 30, null)]
    [InlineData("somebody-else", "city-hall-lobby-1", 30, null)]
    [InlineData("somebody-else", null, 30, "does not name 'city-hall-lobby-1'")]
    [InlineData("city-hall-lobby-1", null, -1, "expired on")]
    public async Task A_certificate_names_its_holder_and_has_not_expired(string commonName, string? dnsName, int days, string? fault)
    {
        var now = _house.City.Time.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.CreateSelfSigned(now.AddDays(-60), now.AddDays(days));
        var (status, body, _) = await SendAsync(
            "POST",
            "devices/city-hall-lobby-1/credentials",
            new JsonObject { ["kind"] = "certificate", ["pem"] = certificate.ExportCertificatePem() }.ToJsonString()
        );
        if (fault is null)
            Assert.Equal((HttpStatusCode.Created, "certificate"), (status, (string?)body!["kind"]));
        else
            Assert.Contains(fault, (string)body!["detail"]!, StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("POST", "devices/city-hall-lobby-1/credentials", """{"kind":"certificate","pem":"none"}""")
        );
    }

    [Fact]
    public async Task A_claim_code_is_used_once_without_a_token_and_guessing_is_slowed_down()
    {
        await using var house = new SampleCity(); // Its own: what is tried here counts for everybody at this address.
        await house.InitializeAsync();
        var clerk = house.Staff.Adds("clerk", Role.DeviceClerk).Token;
        var (status, claim, _) = await SendAsync(
            "POST",
            "devices/city-hall-lobby-2/credentials",
            """{"kind":"claim"}""",
            house: house,
            token: clerk
        );
        Assert.Equal((HttpStatusCode.Created, "2026-11-24T23:00:00.000Z"), (status, ((string)claim!["expiresAt"]!)[..19] + ".000Z"));
        var code = new JsonObject { ["code"] = (string)claim["code"]! }.ToJsonString();
        var (claimed, answer, _) = await SendAsync("POST", "claims", code, house: house, token: null);
        Assert.Equal((HttpStatusCode.OK, "city-hall-lobby-2"), (claimed, (string?)answer!["deviceId"]));
        Assert.Equal(
            DeviceSecret.Hash((string)answer["secret"]!),
            (await house.Enrolled.FindAsync("city-hall-lobby-2", Cancellation))!.Credentials[0].Sha256
        );
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("POST", "claims", code, house: house, token: null)).Status);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await SendAsync("POST", "claims", "\"" + new string('x', 2000) + "\"", house: house, token: null)).Status
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync("POST", "claims", "{", house: house, token: null)).Status);
        HttpStatusCode last;
        for (var tries = 3; ; tries++)
        {
            if (
                (last = (await SendAsync("POST", "claims", """{"code":"AAAAA-AAAAA-AAAAA-AAAAA"}""", house: house, token: null)).Status)
                != HttpStatusCode.NotFound
            )
                break;
            Assert.InRange(tries, 0, 30);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task A_gateway_shows_whom_it_speaks_for_and_mobile_units_only_to_those_who_may_read_them()
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

        var editor = _house.City.Staff.Adds("editor-of-gateways", Role.Editor).Token;
        Assert.Equal(["city-hall-garage-1"], Devices((await ReadAsync("gateways/api-gateway", editor)).Body));
        var readings = _house.City.Enrolled.Readings.Count;
        Assert.Equal([Mobile.Id, "city-hall-garage-1"], Devices((await SendAsync("GET", "gateways/api-gateway")).Body));
        Assert.Equal([(Mobile.Id, "list")], _house.City.Enrolled.Readings.Skip(readings).Select(reading => (reading.Device, reading.What)));

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

    [Fact]
    public async Task The_credentials_of_a_mobile_unit_and_what_was_done_to_it_are_not_read_without_a_trace()
    {
        var readings = _house.City.Enrolled.Readings.Count;
        await SendAsync("GET", $"devices/{Mobile.Id}/credentials");
        Assert.Equal(
            [(Mobile.Id, "credentials")],
            _house.City.Enrolled.Readings.Skip(readings).Select(reading => (reading.Device, reading.What))
        );
        var first = (await SendAsync("GET", $"devices/{Mobile.Id}/acts")).Body!["items"]!.AsArray()[^1]!;
        Assert.Equal(
            ("device-registered", "registry", Mobile.Fleet),
            ((string?)first["act"], (string?)first["by"]!["role"], (string?)first["fleet"])
        );
        Assert.Equal(
            (Mobile.Id, "acts"),
            _house.City.Enrolled.Readings.Skip(readings + 1).Select(reading => (reading.Device, reading.What)).Single()
        );
        // It stands in the ledger.
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "devices/city-hall-garage-1/acts")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("GET", $"devices/{Mobile.Id}/acts?after=x")).Status);
        foreach (var role in Enum.GetValues<Role>().Except([Role.DeviceClerk, Role.Auditor]))
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await ReadAsync($"devices/{Mobile.Id}/acts", _house.City.Staff.Adds("acts-" + Domain.Json.Word(role), role).Token)).Status
            );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _house.City.Reader.GetAsync($"/api/v1/devices/{Mobile.Id}/acts", TestContext.Current.CancellationToken)).StatusCode
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("PATCH", $"devices/{Mobile.Id}", $$"""{"reason":"{{new string('x', 501)}}"}""", "\"1\"")
        );
    }

    private async Task<(HttpStatusCode, string?)> ProblemAsync(string method, string path, string body, string? etag = null)
    {
        var (status, problem, _) = await SendAsync(method, path, body, etag);
        return (status, (string?)problem?["type"]);
    }

    private Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> SendAsync(
        string method,
        string path,
        string? body = null,
        string? etag = null
    ) => SendAsync(method, path, body, etag, _house.City, _clerk);

    private Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> ReadAsync(string path, string token) =>
        SendAsync("GET", path, null, null, _house.City, token);

    private static Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> SendAsync(
        string method,
        string path,
        string body,
        SampleCity house,
        string? token
    ) => SendAsync(method, path, body, null, house, token);

    private static async Task<(HttpStatusCode Status, JsonNode? Body, string? ETag)> SendAsync(
        string method,
        string path,
        string? body,
        string? etag,
        SampleCity house,
        string? token
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        using var answer = await house.Reader.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), answer.Headers.ETag?.ToString());
    }
}
