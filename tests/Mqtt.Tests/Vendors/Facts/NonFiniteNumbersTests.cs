using System.Text;
using System.Text.Json;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Facts;

/// <summary>A number that JSON does not have hides nothing else of its message.</summary>
public sealed class NonFiniteNumbersTests
{
    [Theory]
    [InlineData("NaN")]
    [InlineData("-NaN")]
    [InlineData("nan")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("inf")]
    [InlineData("-inf")]
    [InlineData("+Inf")]
    public void A_number_that_is_none_drops_only_its_member(string number)
    {
        var payload = $$$"""{"cameras":{"lobby_north":{"audio_dBFS":{{{number}}},"camera_fps":5.0,"audio_rms":[{{{number}}}, 1] } } }""";
        var report = Assert.Single(VendorExamples.Session(VendorExamples.Recorder).Take("frigate/stats", payload).Reports);
        Assert.True(report.ProvesLife);

        // A field that is read is dropped, too: such a camera is not called well.
        var session = VendorExamples.Session(VendorExamples.Recorder);
        Assert.Empty(session.Take("frigate/stats", $$$"""{"cameras":{"lobby_north":{"camera_fps":{{{number}}} } } }""").Reports);
    }

    [Fact]
    public void A_member_of_an_availability_topic_that_is_no_number_drops_only_itself()
    {
        var session = VendorExamples.Session(VendorExamples.Bridge);
        var answer = session.Take("amcrest2mqtt/000000001/recording", """{"state":"ON","bitrate":NaN}""");
        Assert.Null(answer.Refusal);
        Assert.Equal(Mode.Recorded, Assert.Single(answer.Reports).Capture[Capture.Video]);
    }

    [Theory]
    [InlineData("""{"cameras":{"lobby_north":{"camera_fps":5.0,"a":NaNa}}}""")]
    [InlineData("""{"cameras":{"lobby_north":{"camera_fps":5.0,"a":undefined}}}""")]
    [InlineData("""{"cameras":{"lobby_north":{"camera_fps":5.0}},}""")]
    [InlineData("""NaN""")]
    [InlineData("""{NaN:1}x""")]
    public void Anything_else_that_is_no_JSON_is_refused(string payload) =>
        Assert.Equal(VendorRefusal.Shape, VendorExamples.Session(VendorExamples.Recorder).Take("frigate/stats", payload).Refusal);

    [Fact]
    public void Words_within_strings_are_left_as_they_are()
    {
        const string payload = """{"NaN":"-Infinity \" NaN \\","inf":["nan",true,null,false,1e5,-Infinity]}""";
        Assert.True(NonFiniteNumbers.TryReplace(Encoding.UTF8.GetBytes(payload), out var json));
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal("-Infinity \" NaN \\", parsed.RootElement.GetProperty("NaN").GetString());
        Assert.Equal("", parsed.RootElement.GetProperty("inf")[5].GetString());
    }

    [Fact]
    public void The_replacement_never_throws_and_changes_no_JSON() =>
        Gen.String[Gen.Char["{}[]\"\\,:-+0nNaAiIfFtTyYuUlLe "], 0, 40]
            .Sample(
                text =>
                {
                    var bytes = Encoding.UTF8.GetBytes(text);
                    var isReplaced = NonFiniteNumbers.TryReplace(bytes, out var json);
                    Assert.Equal(bytes.Length, json.Length);
                    if (!isReplaced)
                        Assert.Equal(bytes, json);
                },
                iter: Rounds.Of(20_000)
            );
}
