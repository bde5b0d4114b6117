using System.Text;
using CsCheck;
using SurveillanceRegistry.Mqtt.Packets;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>Section 1.5.4 of MQTT 5.0.</summary>
public sealed class Utf8TextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("61")]
    [InlineData("207E")]
    [InlineData("C2A0")] // U+00A0, the first after the control characters.
    [InlineData("C3A9")]
    [InlineData("41F0AA9B94")] // The example of section 1.5.4.
    [InlineData("EFBBBF")] // U+FEFF is no byte order mark here (MQTT-1.5.4-3).
    [InlineData("EE8080")] // For private use.
    [InlineData("F48FBFBD")] // U+10FFFD, the last character.
    [InlineData("EFB790", false)] // A noncharacter: U+FDD0.
    [InlineData("EFBFBE", false)] // U+FFFE.
    [InlineData("F48FBFBF", false)] // U+10FFFF.
    [InlineData("00", false)]
    [InlineData("6100", false)]
    [InlineData("01", false)]
    [InlineData("611F", false)]
    [InlineData("7F", false)]
    [InlineData("C280", false)]
    [InlineData("C29F", false)]
    [InlineData("80", false)] // A continuation without a beginning.
    [InlineData("C3", false)] // A beginning without its continuation.
    [InlineData("E282", false)]
    [InlineData("C0AF", false)] // Longer than it needs to be.
    [InlineData("E08080", false)]
    [InlineData("F0808080", false)]
    [InlineData("EDA080", false)] // Surrogates: U+D800, U+DFFF and a pair.
    [InlineData("EDBFBF", false)]
    [InlineData("EDA081EDB080", false)]
    [InlineData("F4908080", false)] // Beyond U+10FFFF.
    [InlineData("F880808080", false)]
    [InlineData("FFFE", false)]
    public void A_string_is_well_formed_UTF_8_without_control_characters(string bytes, bool isValid = true)
    {
        Assert.Equal(isValid, Utf8Text.IsValid(Convert.FromHexString(bytes)));
        Assert.Equal(isValid, Utf8Text.IsValid(Convert.FromHexString("6162" + bytes + "63"))); // Also within a longer one.
    }

    [Fact]
    public void The_rule_agrees_with_the_decoder_of_the_framework_on_any_bytes()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        Gen.Byte.Array[0, 24]
            .Sample(
                bytes =>
                {
                    if (Utf8Text.IsValid(bytes))
                        Assert.DoesNotContain(strict.GetString(bytes), char.IsControl);
                },
                iter: Rounds.Of(20_000)
            );
        Gen.Int[0, 0x10FFFF]
            .Where(Rune.IsValid)
            .Array[0, 12]
            .Sample(
                runes =>
                {
                    var text = string.Concat(runes.Select(rune => new Rune(rune).ToString()));
                    Assert.Equal(!runes.Any(rune => IsRefused(new Rune(rune))), Utf8Text.IsValid(Encoding.UTF8.GetBytes(text)));
                },
                iter: Rounds.Of(5_000)
            );
    }

    private static bool IsRefused(Rune rune) =>
        Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
