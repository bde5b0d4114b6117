using System.Buffers.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Kiosks;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Kiosks;

/// <summary>The signed answer that alone confirms a notice.</summary>
public sealed class NoticeConfirmationTests
{
    private static readonly NoticeConfirmation Confirmation = new(
        "kiosk-lobby",
        "lobby",
        17,
        new string('a', 64),
        Generators.Noon,
        "0123456789abcdef-_",
        90
    );

    [Fact]
    public void A_confirmation_names_the_kiosk_the_notice_in_force_the_time_and_the_nonce()
    {
        using var key = NoticeKey.New();
        using var jws = JsonDocument.Parse(Confirmation.ToJws(key));
        Assert.Equal(["payload", "protected", "signature"], jws.RootElement.EnumerateObject().Select(member => member.Name).Order());
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(jws.RootElement.GetProperty("payload").GetString()));
        Assert.Equal(
            $$"""{"kiosk":"kiosk-lobby","place":"lobby","sequence":17,"hash":"{{Confirmation.Hash}}","at":"""
                + $"\"{NoticePayload.FormatInstant(Generators.Noon)}\",\"nonce\":\"0123456789abcdef-_\",\"validSeconds\":90,"
                + """ "glass":null} """.Trim(),
            payload.RootElement.GetRawText()
        );
    }

    [Fact]
    public void A_confirmation_carries_the_measures_of_its_screen()
    {
        using var key = NoticeKey.New();
        using var jws = JsonDocument.Parse((Confirmation with { Glass = new Glass(1080, 1920, 398, 2_000) }).ToJws(key));
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(jws.RootElement.GetProperty("payload").GetString()));
        Assert.Equal(
            """{"width":1080,"height":1920,"widthMm":398,"distanceMm":2000}""",
            payload.RootElement.GetProperty("glass").GetRawText()
        );
    }

    [Fact]
    public void A_confirmation_and_a_notice_cannot_stand_for_each_other()
    {
        using var key = NoticeKey.New();
        using var jws = JsonDocument.Parse(Confirmation.ToJws(key));
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(jws.RootElement.GetProperty("protected").GetString()));
        Assert.Equal("surveillance-confirmation+json", header.RootElement.GetProperty("typ").GetString());
        Assert.NotEqual(SignedNotice.Type, NoticeConfirmation.Type);
        Assert.Equal(
            ("ES256", key.Id),
            (header.RootElement.GetProperty("alg").GetString(), header.RootElement.GetProperty("kid").GetString())
        );
    }

    [Theory]
    [InlineData("0123456789abcdef", true)]
    [InlineData("AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_", true)]
    [InlineData("0123456789abcde", false)]
    [InlineData("AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_0", false)]
    [InlineData("0123456789abcde=", false)]
    [InlineData("0123456789abcdé0", false)]
    [InlineData("0123456789abcd,0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_nonce_is_16_to_64_characters_of_base64url(string? text, bool isNonce) =>
        Assert.Equal(isNonce, NoticeConfirmation.IsNonce(text));
}
