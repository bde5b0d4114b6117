using System.Buffers;
using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Sparkplug;

/// <summary>A Sparkplug host and a session of one node, with messages for both.</summary>
public abstract class SparkplugTestBase
{
    private protected const string Traffic = "harbor-bridge-traffic-1",
        Plates = "harbor-bridge-plates-1",
        Rebirth = "Node Control/Rebirth";
    private protected const long Older = 1,
        Newer = 2;

    private static readonly UnitIndex Units = VendorExamples.Tables[VendorExamples.Node];
    private static readonly SparkplugB Adapter = (SparkplugB)AdapterCatalogue.ForKind(AdapterKind.Sparkplug);

    private protected SparkplugHost Host { get; } = new(Units);

    private protected VendorStateMachine Session { get; } = VendorExamples.Session(VendorExamples.Node);

    private protected DateTimeOffset Now { get; set; } = VendorExamples.Now;

    private static SparkplugMessage Message(string verb, int? seq, string? device = null, params byte[][] metrics) =>
        Adapter.Read(
            Units,
            $"spBv1.0/Harbor/{verb}/bridge-edge{(device is null ? "" : "/" + device)}",
            VendorExamples.Sparkplug(seq, metrics)
        )!;

    private protected static byte[] BdSeq(int number) => VendorExamples.Metric("bdSeq", number);

    private protected SparkplugAnswer Take(
        string verb,
        int? seq,
        string? device = null,
        long connection = Newer,
        params byte[][] metrics
    ) => Host.Handle(Message(verb, seq, device, metrics), connection, Now);

    private protected VendorAnswer Says(string verb, int? seq, string? device = null, params byte[][] metrics) =>
        Session.Handle(
            $"spBv1.0/Harbor/{verb}/bridge-edge{(device is null ? "" : "/" + device)}",
            new ReadOnlySequence<byte>(VendorExamples.Sparkplug(seq, metrics)),
            false,
            Now
        );

    private protected void Born(long connection = Newer, int bdSeq = 0)
    {
        Take("NBIRTH", 0, null, connection, BdSeq(bdSeq));
        Take("DBIRTH", 1, "traffic-1", connection, VendorExamples.Metric("Video/Mode", "recorded", alias: 11));
    }

    private protected static string[] Gone(SparkplugAnswer answer) =>
        [.. answer.Facts.Where(fact => fact.Availability == Availability.Down).Select(fact => fact.DeviceId!).Order()];

    private protected static Mode? VideoOf(SparkplugAnswer answer) => Assert.Single(answer.Facts).Signals[Signal.Video];

    private protected static void AsksForBirths(IEnumerable<VendorMessage> messages)
    {
        var command = Assert.Single(messages);
        Assert.Equal(("spBv1.0/Harbor/NCMD/bridge-edge", false), (command.Topic, command.IsRetained));
        Assert.Contains(Rebirth, Encoding.Latin1.GetString(command.Payload.AsSpan()), StringComparison.Ordinal);
    }
}
