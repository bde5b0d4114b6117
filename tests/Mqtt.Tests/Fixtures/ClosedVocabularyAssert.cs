using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>What an answer may hold: closed words, numbers, digits and dots, and what the registry knew before.</summary>
internal static class ClosedVocabularyAssert
{
    private static readonly JsonSerializerOptions Everything = new() { IncludeFields = true };

    private static readonly DateTimeOffset First = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero),
        End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Fails when an answer holds anything else.</summary>
    public static void Holds(VendorAnswer answer, string profile)
    {
        var units = VendorExamples.Tables[profile].Profile.Units;
        Assert.True(answer.Refusal is null || Enum.IsDefined(answer.Refusal.Value));
        Assert.True(answer.Dropped >= 0);
        foreach (var word in answer.Reports)
        {
            Assert.Contains(units, unit => unit.Device == word.Device.Id);
            Assert.Contains(word.Device, VendorExamples.Devices);
            Assert.Matches(@"^[0-9]{1,5}(\.[0-9]{1,5}){0,4}$", word.Firmware);
            Assert.True(Enum.IsDefined(word.Health));
            Assert.True(word.DeviceAt is null || word.DeviceAt >= First && word.DeviceAt < End);
            Assert.All(
                word.Capture.Captures,
                capture => Assert.True(word.Device.Sensors.Contains(capture) != word.UnregisteredCaptures.Contains(capture))
            );
            Assert.All(word.UnregisteredCaptures.Captures, capture => Assert.DoesNotContain(capture, word.Device.Sensors));
            Assert.Equal(word.Capture, Again(word.Capture));
            Assert.Equal(word.UnregisteredCaptures, CaptureSet.From(word.UnregisteredCaptures.Captures));
        }

        Assert.All(answer.Deaths, death => Assert.Contains(units, unit => unit.Device == death.DeviceId));
        Assert.All(answer.Messages, message => Assert.Equal("spBv1.0/Harbor/NCMD/bridge-edge", message.Topic));
    }

    /// <summary>Everything that can be reached from answers, as text: their JSON, and their bytes as letters.</summary>
    public static string Text(IEnumerable<VendorAnswer> answers)
    {
        var text = new StringBuilder();
        foreach (var answer in answers)
        {
            text.AppendLine(JsonSerializer.Serialize(answer, Everything))
                .AppendLine(JsonSerializer.Serialize(answer.Reports.Select(word => word.Firmware), Everything));
            foreach (var message in answer.Messages)
                text.AppendLine(message.Topic).AppendLine(Encoding.Latin1.GetString(message.Payload.AsSpan()));
        }

        return text.ToString();
    }

    /// <summary>A report has bits for captures and modes and no others.</summary>
    private static CaptureReport Again(CaptureReport report) =>
        report.Captures.Aggregate(default(CaptureReport), (again, capture) => again.With(capture, report[capture]!.Value));
}
