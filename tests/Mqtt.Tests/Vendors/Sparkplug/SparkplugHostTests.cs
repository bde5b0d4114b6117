using System.Buffers;
using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Sparkplug;

/// <summary>
/// The host's side of Sparkplug: order, births, deaths, and clients that do not keep to the specification they came with.
/// </summary>
public sealed class SparkplugHostTests
{
    private const string Traffic = "harbor-bridge-traffic-1",
        Plates = "harbor-bridge-plates-1",
        Rebirth = "Node Control/Rebirth";
    private const long Older = 1,
        Newer = 2;

    private static readonly UnitIndex Units = VendorExamples.Tables[VendorExamples.Node];
    private static readonly SparkplugB Adapter = (SparkplugB)AdapterCatalogue.Of(AdapterKind.Sparkplug);

    private readonly SparkplugHost _host = new(Units);
    private readonly VendorStateMachine _session = VendorExamples.Session(VendorExamples.Node);
    private DateTimeOffset _now = VendorExamples.Now;

    private static SparkplugMessage Message(string verb, int? seq, string? device = null, params byte[][] metrics) =>
        Adapter.Read(
            Units,
            $"spBv1.0/Harbor/{verb}/bridge-edge{(device is null ? "" : "/" + device)}",
            VendorExamples.Sparkplug(seq, metrics)
        )!;

    private static byte[] BdSeq(int number) => VendorExamples.Metric("bdSeq", number);

    private SparkplugAnswer Take(string verb, int? seq, string? device = null, long connection = Newer, params byte[][] metrics) =>
        _host.Handle(Message(verb, seq, device, metrics), connection, _now);

    private VendorAnswer Says(string verb, int? seq, string? device = null, params byte[][] metrics) =>
        _session.Handle(
            $"spBv1.0/Harbor/{verb}/bridge-edge{(device is null ? "" : "/" + device)}",
            new ReadOnlySequence<byte>(VendorExamples.Sparkplug(seq, metrics)),
            false,
            _now
        );

    private void Born(long connection = Newer, int bdSeq = 0)
    {
        Take("NBIRTH", 0, null, connection, BdSeq(bdSeq));
        Take("DBIRTH", 1, "traffic-1", connection, VendorExamples.Metric("Video/Mode", "recorded", alias: 11));
    }

    private static string[] Gone(SparkplugAnswer answer) =>
        [.. answer.Facts.Where(fact => fact.Availability == Availability.Down).Select(fact => fact.DeviceId!).Order()];

    private static Mode? VideoOf(SparkplugAnswer answer) => Assert.Single(answer.Facts).Signals[Signal.Video];

    private static void AsksForBirths(IEnumerable<VendorMessage> messages)
    {
        var command = Assert.Single(messages);
        Assert.Equal(("spBv1.0/Harbor/NCMD/bridge-edge", false), (command.Topic, command.IsRetained));
        Assert.Contains(Rebirth, Encoding.Latin1.GetString(command.Payload.AsSpan()), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_what_the_client_of_Eclipse_Tahu_sends()
    {
        var answers = VendorExamples.Goldens.Where(golden => golden.Profile == VendorExamples.Node).Select(_session.Take).ToArray();
        Assert.Empty(answers[0].Words);
        var birth = Assert.Single(answers[1].Words);
        Assert.Equal(
            (Traffic, default(CaptureReport).With(Capture.Video, Mode.Recorded), Health.Ok, "4.2.1", true),
            (birth.Device.Id, birth.Capture, birth.Health, birth.Firmware, birth.IsLife)
        );
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763913600001), birth.DeviceAt);
        Assert.Equal(Mode.Live, Assert.Single(answers[2].Words).Capture[Capture.Video]);
        Assert.Equal(new UnitDeath(Traffic, VendorExamples.Connection, false), Assert.Single(answers[3].Deaths));
    }

    [Fact]
    public void A_death_marks_the_node_and_every_device_of_it_gone()
    {
        Born(bdSeq: 7);
        Assert.Equal([Plates, Traffic], Gone(Take("NDEATH", null, metrics: BdSeq(7))));
    }

    [Fact]
    public void A_stale_death_of_an_older_connection_never_kills_though_Tahu_s_bdSeq_is_frozen_at_0()
    {
        Born(Older);
        Born(Newer);
        var answer = Take("NDEATH", null, null, Older, BdSeq(0));
        Assert.True(answer.IsLate);
        Assert.Empty(answer.Facts);
        Assert.Equal(Mode.Live, VideoOf(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"))));
    }

    [Fact]
    public void A_true_death_of_this_connection_kills_though_Tahu_s_bdSeq_is_frozen_at_0()
    {
        Born(Older);
        Born(Newer);
        Assert.Contains(Traffic, Gone(Take("NDEATH", null, null, Newer, BdSeq(0))));
    }

    [Fact]
    public void A_death_with_another_bdSeq_on_a_gateway_s_connection_is_that_of_an_older_life()
    {
        Born(bdSeq: 8);
        Assert.True(Take("NDEATH", null, null, Newer, BdSeq(7)).IsLate);
        Assert.Contains(Traffic, Gone(Take("NDEATH", null, null, Newer, BdSeq(8))));
    }

    [Fact]
    public void A_death_comes_only_once()
    {
        Born();
        Take("NDEATH", null, metrics: BdSeq(0));
        Assert.True(Take("NDEATH", null, metrics: BdSeq(0)).IsLate);
    }

    [Fact]
    public void A_device_s_death_leaves_its_node_alive()
    {
        Born();
        Assert.Equal([Traffic], Gone(Take("DDEATH", 2, "traffic-1")));
        Assert.Empty(Take("NDATA", 3).Commands);
    }

    [Fact]
    public void Seq_wraps_from_255_to_0_without_a_gap()
    {
        Take("NBIRTH", 254, null, Newer, BdSeq(0));
        Take("DBIRTH", 255, "traffic-1");
        Assert.Equal(Mode.Recorded, VideoOf(Take("DDATA", 0, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"))));
        Assert.Equal(Mode.Live, VideoOf(Take("DDATA", 1, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"))));
    }

    [Fact]
    public void A_message_that_overtook_another_waits_for_it_over_the_wrap_too()
    {
        Take("NBIRTH", 253, null, Newer, BdSeq(0));
        Take("DBIRTH", 254, "traffic-1");
        Assert.Empty(Take("DDATA", 0, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live")).Facts);
        var both = Take("DDATA", 255, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"));
        Assert.Equal([Mode.Recorded, Mode.Live], both.Facts.Select(fact => fact.Signals[Signal.Video]));
        Assert.Null(_host.TickAt);
    }

    [Fact]
    public void A_message_that_overtook_another_waits_for_it()
    {
        Born();
        var early = Take("DDATA", 3, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"));
        Assert.Empty(early.Facts);
        Assert.Equal(_now + SparkplugHost.ReorderWindow, _host.TickAt);
        var both = Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "recorded"));
        Assert.Equal([Mode.Recorded, Mode.Live], both.Facts.Select(fact => fact.Signals[Signal.Video]));
        Assert.Null(_host.TickAt);
        Assert.Equal(Mode.Off, VideoOf(Take("DDATA", 4, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off"))));
    }

    [Fact]
    public void A_message_that_stays_missing_makes_everything_unknown_and_the_node_is_asked_for_its_births()
    {
        Says("NBIRTH", 0, null, BdSeq(0));
        Says("DBIRTH", 1, "traffic-1", VendorExamples.Metric("Video/Mode", "off"));
        Says("DBIRTH", 2, "plates-1", VendorExamples.Metric("Plates/Reading", false));
        Says("DDATA", 4, "traffic-1", VendorExamples.Metric("Health", 0));
        var early = _session.Tick(_now + SparkplugHost.ReorderWindow - TimeSpan.FromTicks(1));
        Assert.Empty(early.Words);
        Assert.Empty(early.Messages);
        _now += SparkplugHost.ReorderWindow;
        var answer = _session.Tick(_now);
        AsksForBirths(answer.Messages);
        Assert.All(answer.Words, word => Assert.Equal(default, word.Capture));
        Assert.Equal([(Plates, false), (Traffic, false), (Traffic, true)], answer.Words.Select(word => (word.Device.Id, word.IsLife)));

        // Until the births come, whoever speaks is there, and what it does is not known.
        var lost = Assert.Single(Says("DDATA", 5, "traffic-1", VendorExamples.Metric("Video/Mode", "off")).Words);
        Assert.Equal((default(CaptureReport), true), (lost.Capture, lost.IsLife));
        Says("NBIRTH", 0, null, BdSeq(0));
        Assert.Equal(
            Mode.Off,
            Assert.Single(Says("DBIRTH", 1, "traffic-1", VendorExamples.Metric("Video/Mode", "off")).Words).Capture[Capture.Video]
        );
    }

    [Fact]
    public void Births_that_do_not_come_are_asked_for_again_and_not_too_often()
    {
        Born();
        Take("DDATA", 3, "traffic-1");
        _now += SparkplugHost.ReorderWindow;
        AsksForBirths(_host.Tick(_now).Commands);
        Assert.Empty(Take("DDATA", 4, "traffic-1").Commands);
        Assert.Empty(_host.Tick(_now).Commands);
        _now += SparkplugHost.BeforeAskingAgain;
        AsksForBirths(_host.Tick(_now).Commands);
        Born();
        Assert.Null(_host.TickAt);
    }

    [Fact]
    public void A_gap_that_no_reordering_explains_is_not_waited_for()
    {
        Born();
        AsksForBirths(Take("DDATA", 100, "traffic-1").Commands);
    }

    [Fact]
    public void More_than_can_wait_is_not_waited_for()
    {
        Born();
        for (var at = 0; at < SparkplugHost.MaxWaiting; at++)
            Assert.Empty(Take("DDATA", 3 + at, "traffic-1").Commands);
        AsksForBirths(Take("DDATA", 3 + SparkplugHost.MaxWaiting, "traffic-1").Commands);
    }

    [Fact]
    public void A_repeat_counts_for_nothing()
    {
        Born();
        Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"));
        Assert.True(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live")).IsLate);
    }

    [Fact]
    public void A_node_that_was_born_before_anybody_listened_is_asked_for_its_births()
    {
        AsksForBirths(Take("DDATA", 17, "traffic-1", Newer, VendorExamples.Metric(null, "off", alias: 11)).Commands);
        Assert.Empty(Take("DDATA", 18, "traffic-1").Commands);
    }

    [Fact]
    public void A_device_that_speaks_before_its_birth_is_asked_for_it_and_not_believed()
    {
        Take("NBIRTH", 0, null, Newer, BdSeq(0));
        var answer = Take("DDATA", 1, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off"));
        AsksForBirths(answer.Commands);
        Assert.False(Assert.Single(answer.Facts).Signals.Names(Signal.Video));
    }

    [Fact]
    public void Metrics_go_by_their_alias_and_aliases_die_with_the_birth_that_gave_them()
    {
        Born();
        Assert.Equal(Mode.Off, VideoOf(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric(null, "off", alias: 11))));
        Take("DBIRTH", 3, "traffic-1");
        Assert.False(
            Assert
                .Single(Take("DDATA", 4, "traffic-1", Newer, VendorExamples.Metric(null, "off", alias: 11)).Facts)
                .Signals.Names(Signal.Video)
        );
    }

    [Theory]
    [InlineData("unheard-of")]
    [InlineData(null)]
    [InlineData(1)]
    public void A_value_that_the_profile_does_not_know_makes_the_mode_unknown(object? value)
    {
        Born();
        var fact = Assert.Single(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", value)).Facts);
        Assert.True(fact.Signals.Names(Signal.Video));
        Assert.Null(fact.Signals[Signal.Video]);
    }

    [Fact]
    public void What_tells_of_the_past_says_nothing_of_now()
    {
        Born();
        Assert.False(
            Assert
                .Single(Take("DDATA", 2, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "off", isHistorical: true)).Facts)
                .Signals.Names(Signal.Video)
        );
    }

    [Fact]
    public void A_device_that_the_profile_does_not_know_counts_in_the_order_and_says_nothing()
    {
        Born();
        Assert.Empty(Take("DDATA", 2, "somebody", Newer, VendorExamples.Metric("Video/Mode", "off")).Facts);
        Assert.Equal(Mode.Live, VideoOf(Take("DDATA", 3, "traffic-1", Newer, VendorExamples.Metric("Video/Mode", "live"))));
    }

    [Fact]
    public void A_birth_forgets_what_was_known_before()
    {
        Says("NBIRTH", 0, null, BdSeq(0));
        Says("DBIRTH", 1, "plates-1", VendorExamples.Metric("Plates/Reading", false), VendorExamples.Metric("Stills/Stored", 0));
        var word = Assert.Single(Says("DBIRTH", 2, "plates-1", VendorExamples.Metric("Plates/Reading", true)).Words);
        Assert.Equal(default(CaptureReport).With(Capture.Plates, Mode.Recorded), word.Capture);
        var reborn = Assert.Single(Says("NBIRTH", 0, null, BdSeq(0)).Words);
        Assert.Equal((default(CaptureReport), false), (reborn.Capture, reborn.IsLife));
    }

    [Fact]
    public void The_end_of_a_connection_ends_those_who_were_born_on_it_and_nobody_else()
    {
        Born(Older);
        Assert.Empty(_host.Ended(Newer, _now).Facts);
        Born(Newer);
        Assert.Empty(_host.Ended(Older, _now).Facts);
        Assert.Contains(Traffic, Gone(_host.Ended(Newer, _now)));
    }

    [Fact]
    public void A_retained_message_is_old_for_no_node_retains_any()
    {
        var golden = VendorExamples.Goldens.First(golden => golden.Profile == VendorExamples.Node);
        Assert.True(_session.Handle(golden.Topic, new ReadOnlySequence<byte>(golden.Payload), true, _now).IsLate);
    }

    [Fact]
    public void Announces_itself_retained_with_its_instant()
    {
        var state = Assert.Single(_session.Begun(_now).Messages);
        Assert.Equal(("spBv1.0/STATE/registry", true), (state.Topic, state.IsRetained));
        Assert.Equal(
            $$"""{"online":true,"timestamp":{{_now.ToUnixTimeMilliseconds()}}}""",
            Encoding.UTF8.GetString(state.Payload.AsSpan())
        );
    }

    [Fact]
    public void Writes_a_rebirth_request_that_the_decoder_of_Eclipse_Tahu_reads()
    {
        // sparkplug-payload 1.0.3 decodes these bytes to {"timestamp":1763913600000,"metrics":[{"name":"Node
        // Control/Rebirth","timestamp":1763913600000,"type":"Boolean","value":true}]}.
        var command = SparkplugB.Rebirth("Harbor/bridge-edge", DateTimeOffset.FromUnixTimeMilliseconds(1763913600000));
        Assert.Equal(
            "088098c68bab3312210a144e6f646520436f6e74726f6c2f52656269727468188098c68bab33200b7001",
            Convert.ToHexStringLower(command.Payload.AsSpan())
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("08")]
    [InlineData("12ff")]
    [InlineData("12ffffffff0f")]
    [InlineData("0a01ff1800")]
    [InlineData("188002")]
    [InlineData("1202088112031800")]
    public void A_payload_that_is_no_such_payload_is_refused(string hex) =>
        Assert.Equal(
            VendorRefusal.Shape,
            _session
                .Handle("spBv1.0/Harbor/DDATA/bridge-edge/traffic-1", new ReadOnlySequence<byte>(Convert.FromHexString(hex)), false, _now)
                .Refusal
        );

    [Fact]
    public void A_field_that_reaches_beyond_its_metric_is_refused()
    {
        // A metric of 3 bytes whose name says that it has 5.
        byte[] payload = [0x12, 3, 0x0A, 5, (byte)'H', (byte)'e', (byte)'a', (byte)'l', (byte)'t', 0x18, 0];
        Assert.Equal(
            VendorRefusal.Shape,
            _session.Handle("spBv1.0/Harbor/DDATA/bridge-edge/traffic-1", new ReadOnlySequence<byte>(payload), false, _now).Refusal
        );
    }
}
