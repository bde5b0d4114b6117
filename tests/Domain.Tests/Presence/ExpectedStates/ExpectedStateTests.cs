using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence.ExpectedStates;

public sealed class ExpectedStateTests
{
    private static readonly Source Source = new("read", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    private static readonly GovernanceTable Table = new(
        [new Technology("facility-camera", "Cameras", null, null, null)],
        [
            Text("manual-1", InstrumentKind.ManualChapter, "2019-03-01", [Capture.Video], ["police"]),
            Text("statement", InstrumentKind.CityStatement, "2019-03-01", [Capture.Video, Capture.Audio], []),
            Text("ordinance-2", InstrumentKind.Ordinance, "2030-01-01", [Capture.Audio], []),
        ]
    );

    private static Instrument Text(
        string id,
        InstrumentKind kind,
        string from,
        ImmutableArray<Capture> capture,
        ImmutableArray<string> departments
    ) =>
        new(
            id,
            kind,
            id,
            "the City",
            [
                new InstrumentVersion(
                    4,
                    id,
                    new EffectivePeriod(LawDate.Parse(from)),
                    null,
                    null,
                    null,
                    null,
                    null,
                    Source,
                    [new Rule("facility-camera", capture, [], [], new RecordsAccess(RecordsAccessKind.NotKnown), departments)]
                ),
            ]
        );

    private static ExpectedStateDraft On(string day, string department = "police", bool isActive = true) =>
        ExpectedStateDraft.Create(
            "facility-camera",
            department,
            [Capture.Video, Capture.Audio],
            isActive,
            Table,
            DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)
        );

    [Fact]
    public void The_expected_state_is_what_rules_in_force_permit_not_statements()
    {
        Assert.Equal("video recorded, audio off", On("2026-11-23").Capture.ToString());
        Assert.Equal([new ExpectedRule("manual-1", 4)], On("2026-11-23").Rules);
        Assert.Equal("video recorded, audio recorded", On("2030-01-01").Capture.ToString());
        Assert.Equal("video off, audio off", On("2018-01-01").Capture.ToString());
        Assert.Equal("video off, audio off", On("2026-11-23", department: "transportation").Capture.ToString());
    }

    [Fact]
    public void A_paused_device_is_expected_to_capture_nothing() =>
        Assert.Equal(
            ("video off, audio off", 0),
            (On("2026-11-23", isActive: false).Capture.ToString(), On("2026-11-23", isActive: false).Rules.Length)
        );

    [Fact]
    public void Capturing_more_exceeds_the_expected_state_and_capturing_less_does_not()
    {
        var expected = new ExpectedState(7, On("2026-11-23").Capture, []);
        DeviceObservation Reporting(Mode video, Mode audio, long? version = 7) =>
            DeviceObservation.FromFirstHeartbeat(
                new Heartbeat(
                    1,
                    "cam",
                    1,
                    1,
                    Generators.Noon,
                    null,
                    default(CaptureReport).With(Capture.Video, video).With(Capture.Audio, audio),
                    Health.Ok,
                    "1",
                    version
                )
            );
        Assert.Empty(expected.ExceededBy(Reporting(Mode.Recorded, Mode.Off)));
        Assert.Empty(expected.ExceededBy(Reporting(Mode.Off, Mode.Off)));
        Assert.Equal([Capture.Audio], expected.ExceededBy(Reporting(Mode.Recorded, Mode.Live)));
        var named = Reporting(Mode.Off, Mode.Off) with { UnregisteredCaptures = CaptureSet.From(Capture.Faces) };
        Assert.Equal([Capture.Faces], expected.ExceededBy(named)); // It reports nothing of them, and may be recording them.
        Assert.False(expected.IsBehind(Reporting(Mode.Off, Mode.Off)));
        Assert.True(expected.IsBehind(Reporting(Mode.Off, Mode.Off, 6)));
        Assert.False(expected.IsBehind(Reporting(Mode.Off, Mode.Off, null)));
    }
}
