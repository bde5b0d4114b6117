using System.Text;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing.Rejections;

/// <summary>A heartbeat that is wrong in several ways still names what its device captures.</summary>
public sealed class RejectedCapturesTests
{
    private const string Sound = """{"video":"off","audio":"recorded"}""";

    public static TheoryData<string> Payloads { get; } =
        new()
        {
            $$"""{"epoch":1,"seq":-2,"capture":{{Sound}},"health":"ok","firmware":"1"}""",
            $$"""{"epoch":1.5,"capture":{{Sound}},"seq":1e99}""",
            $$"""{"capture":{{Sound}},"model":{"x":1},"health":"fine"}""",
            """{"epoch":1,"capture":{"video":"off","\u0061udio":"r\u0065corded"}}""",
            """{"epoch":1,"capture":{"Video":"OFF"," AUDIO ":true}}""",
            """{"epoch":1,"Capture":{"video":{"mode":"off"},"audio":{"mode":"recorded"}}}""",
            """{"epoch":1,"capture":["video","audio"]}""",
            """{"epoch":1,"capture":{"video":"off","audio":"recorded",}}""",
            """/* x */ {"epoch":1,"capture":{"video":"off","audio":"rec""",
            """{"capture":{"video":"off"}}{"capture":{"audio":"recorded"}}""",
            """[{"capture":{"video":"off","audio":"recorded"}}]""",
            "\uFEFF" + """{"capture":{"video":"off","audio":"recorded"}}""",
            $$"""{"health":"ok"{{new string(' ', 3000)}},"capture":{{Sound}},"firmware":"1"}""",
        };

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_that_is_wrong_elsewhere_still_names_its_captures(string payload) =>
        Assert.Equal(CaptureSet.From(Capture.Video, Capture.Audio), RejectedCaptures.NamedBy(Encoding.UTF8.GetBytes(payload)));

    [Theory]
    [InlineData("")]
    [InlineData("audio recorded")]
    [InlineData("""{"audio":"recorded","location":"lobby"}""")]
    [InlineData("""{"capture":{"sound":"recorded"},"audio":1}""")]
    public void What_stands_elsewhere_or_is_no_capture_is_not_found(string payload) =>
        Assert.True(RejectedCaptures.NamedBy(Encoding.UTF8.GetBytes(payload)).IsEmpty);

    [Fact]
    public void Random_bytes_make_it_find_nothing_or_something_and_never_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => RejectedCaptures.NamedBy([.. "{\"capture\":{\""u8, .. bytes]).Bits >= 0);
}
