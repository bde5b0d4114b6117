using System.Buffers.Text;
using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Kiosks;

/// <summary>What a screen requests of the registry, and what any stranger can request too.</summary>
public sealed class KioskEndpointsTests(SampleCity city)
{
    private const string Bridge = "/kiosks/kiosk-harbor-bridge";
    private const string Nonce = "AAAAAAAAAAAAAAAAAAAAAA";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_confirmation_is_signed_with_the_key_of_notices_and_names_the_nonce()
    {
        var jws = await city.Json($"{Bridge}/confirmation?nonce={Nonce}");
        var (header, payload) = (Part(jws, "protected"), Part(jws, "payload"));
        Assert.True(
            city.Key.Verifies(
                city.Notice("harbor-bridge", 1, city.Key) with
                {
                    Protected = (string)jws["protected"]!,
                    Payload = (string)jws["payload"]!,
                    Signature = (string)jws["signature"]!,
                }
            )
        );
        Assert.Equal(("ES256", city.Key.Id), ((string?)header["alg"], (string?)header["kid"]));
        var notice = await city.Json("/api/v1/places/harbor-bridge/notice");
        Assert.Equal((string?)notice["hash"], (string?)payload["hash"]);
        Assert.Equal(
            ("kiosk-harbor-bridge", "harbor-bridge", Nonce, 90),
            ((string?)payload["kiosk"], (string?)payload["place"], (string?)payload["nonce"], (int)payload["validSeconds"]!)
        );
        Assert.Equal((long)Part(notice["notice"]!, "payload")["sequence"]!, (long)payload["sequence"]!);
        Assert.Equal(city.Time.GetUtcNow(), DateTimeOffset.Parse((string)payload["at"]!, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?nonce=")]
    [InlineData("?nonce=tooshort")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAAA&nonce=AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAA%2B")]
    public async Task A_request_without_a_nonce_is_not_confirmed(string query)
    {
        var problem = await city.Json($"{Bridge}/confirmation{query}", HttpStatusCode.BadRequest);
        Assert.Equal("/problems/bad-parameter", (string?)problem["type"]);
        Assert.Contains("base64url", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_kiosk_is_not_confirmed() =>
        Assert.Equal(
            "/problems/not-found",
            (string?)(await city.Json($"/kiosks/nowhere/confirmation?nonce={Nonce}", HttpStatusCode.NotFound))["type"]
        );

    [Theory]
    [InlineData($"{Bridge}/confirmation?nonce={Nonce}")]
    [InlineData($"{Bridge}/notice")]
    [InlineData(Bridge)]
    [InlineData("/")]
    [InlineData("/places")]
    [InlineData("/places/harbor-bridge")]
    [InlineData("/devices/east-precinct-lobby-1")]
    [InlineData("/fleets/body-worn-east")]
    [InlineData("/api/v1/places")]
    [InlineData("/api/v1/places/harbor-bridge")]
    [InlineData("/api/v1/places/harbor-bridge/notice")]
    [InlineData("/api/v1/devices")]
    [InlineData("/api/v1/devices/east-precinct-lobby-1")]
    [InlineData("/api/v1/kiosks")]
    public async Task A_public_face_that_speaks_of_now_is_stored_by_no_cache(string address)
    {
        using var answer = await city.Reader.GetAsync(address, Cancellation);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
    }

    [Fact]
    public async Task A_stranger_cannot_make_the_registry_say_what_a_screen_shows()
    {
        var before = await city.Json("/api/v1/kiosks");
        using var first = await city.Reader.GetAsync($"{Bridge}/notice", Cancellation);
        foreach (var tag in new[] { first.Headers.ETag!.Tag, "\"forged\"", $"\"{new string('f', 20_000)}\"" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Bridge}/notice");
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            using var again = await city.Reader.SendAsync(request, Cancellation);
            Assert.Equal(tag == first.Headers.ETag.Tag ? HttpStatusCode.NotModified : HttpStatusCode.OK, again.StatusCode);
        }

        await city.Json($"{Bridge}/confirmation?nonce={Nonce}");
        Assert.Equal(before.ToJsonString(), (await city.Json("/api/v1/kiosks")).ToJsonString());
        Assert.StartsWith(
            """{"id":"kiosk-harbor-bridge","place":"harbor-bridge","paired":false,"lastSeenAt":null,"state":"unpaired","shown":null,""",
            (await city.Json("/api/v1/kiosks/kiosk-harbor-bridge")).ToJsonString(),
            StringComparison.Ordinal
        );
    }

    private static JsonNode Part(JsonNode jws, string name) => JsonNode.Parse(Base64Url.DecodeFromChars((string)jws[name]!))!;
}
