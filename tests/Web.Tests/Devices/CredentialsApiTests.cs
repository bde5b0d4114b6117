using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices;

/// <summary>Credentials and claim codes by the API.</summary>
public sealed class CredentialsApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
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
            await ProblemAsync("POST", "devices/unknown-device/credentials", """{"kind":"secret"}""")
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/invalid"),
            await ProblemAsync("POST", "devices/east-precinct-lobby-1/credentials", """{"kind":"password"}""")
        );
    }

    [Theory]
    [InlineData("city-hall-lobby-1", null, 30, null)]
    [InlineData("another-device", "city-hall-lobby-1", 30, null)]
    [InlineData("another-device", null, 30, "does not name 'city-hall-lobby-1'")]
    [InlineData("city-hall-lobby-1", null, -1, "expired on")]
    public async Task A_certificate_must_name_its_holder_and_must_not_be_expired(
        string commonName,
        string? dnsName,
        int days,
        string? fault
    )
    {
        var now = City.Time.GetUtcNow();
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
    public async Task A_claim_code_works_once_and_also_where_strangers_guess_codes()
    {
        await using var own = new SampleCity(); // Its own: the throttle counts the tries of all tests from this address.
        await own.InitializeAsync();
        var clerk = own.Staff.AddWithToken("clerk", Role.DeviceClerk).Token;
        var (status, claim, _) = await SendAsync(
            "POST",
            "devices/city-hall-lobby-2/credentials",
            """{"kind":"claim"}""",
            city: own,
            token: clerk
        );
        Assert.Equal((HttpStatusCode.Created, "2026-11-24T23:00:00.000Z"), (status, ((string)claim!["expiresAt"]!)[..19] + ".000Z"));
        var code = new JsonObject { ["code"] = (string)claim["code"]! }.ToJsonString();
        var (claimed, answer, _) = await SendAsync("POST", "claims", code, city: own, token: null);
        Assert.Equal((HttpStatusCode.OK, "city-hall-lobby-2"), (claimed, (string?)answer!["deviceId"]));
        Assert.Equal(
            DeviceSecret.Hash((string)answer["secret"]!),
            (await own.Enrolled.FindAsync("city-hall-lobby-2", Cancellation))!.Credentials[0].Sha256
        );
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("POST", "claims", code, city: own, token: null)).Status);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await SendAsync("POST", "claims", "\"" + new string('x', 2000) + "\"", city: own, token: null)).Status
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync("POST", "claims", "{", city: own, token: null)).Status);
        HttpStatusCode last;
        for (var tries = 1; ; tries++)
        {
            if (
                (last = (await SendAsync("POST", "claims", """{"code":"AAAAA-AAAAA-AAAAA-AAAAA"}""", city: own, token: null)).Status)
                != HttpStatusCode.NotFound
            )
                break;
            Assert.InRange(tries, 0, 30);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        // An installer behind the same address has a right code.
        var (_, another, _) = await SendAsync(
            "POST",
            "devices/city-hall-lobby-2/credentials",
            """{"kind":"claim"}""",
            city: own,
            token: clerk
        );
        code = new JsonObject { ["code"] = (string)another!["code"]! }.ToJsonString();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("POST", "claims", code, city: own, token: null)).Status);
    }
}
