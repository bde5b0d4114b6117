using System.Text.Json;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Notices;

/// <summary>
/// The one promise, for any rules, devices and presence. The expectations are written out here, not taken from the composer.
/// </summary>
public sealed class NoticeComposerTests
{
    /// <summary>How many random cities each property is tried on.</summary>
    private const int Cities = 2_000;

    private static readonly Place Lobby = new("lobby", "Lobby", "1 Main St", "the lobby");

    private static NoticeContent Compose(
        Domain.Policies.Documents.GovernanceSnapshot governance,
        System.Collections.Immutable.ImmutableArray<CoveringDevice> covering
    ) => NoticeComposer.Compose(Lobby, covering, governance, Generators.Today, "https://city.example");

    private static NoticeFact? FactOf(NoticeBody face, Device device, Capture capture) =>
        face.Facts.SingleOrDefault(fact => fact.Technology == device.Technology && fact.Capture == capture);

    [Fact]
    public void It_names_every_capture_that_a_heard_device_reports() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var notice = Compose(governance, covering).Now;
                    foreach (var (device, last) in covering.Where(covering => covering.Last is { IsHeard: true }))
                    {
                        foreach (
                            var capture in Enum.GetValues<Capture>().Where(capture => last!.Capture[capture] is Mode.Live or Mode.Recorded)
                        )
                            Assert.True(FactOf(notice, device, capture)?.Mode >= last!.Capture[capture], $"{device.Id} reports {capture}");
                    }
                },
                iter: Cities
            );

    [Fact]
    public void It_names_every_sensor_of_a_device_that_is_not_heard_as_perhaps_recording() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var notice = Compose(governance, covering).Now;
                    foreach (
                        var (device, last) in covering.Where(covering =>
                            covering.Last is null && covering.Device.IsInstalled
                            || covering.Last is { IsHeard: false } && covering.Device.Lifecycle != Lifecycle.Removed
                        )
                    )
                    {
                        foreach (var sensor in device.Sensors)
                            Assert.Equal(Mode.Recorded, FactOf(notice, device, sensor)?.Mode);
                        foreach (
                            var capture in Enum.GetValues<Capture>().Where(capture => last?.Capture[capture] is Mode.Live or Mode.Recorded)
                        )
                            Assert.Equal(Mode.Recorded, FactOf(notice, device, capture)?.Mode);
                    }
                },
                iter: Cities
            );

    [Fact]
    public void It_names_what_a_unit_ever_told_of_beyond_the_register_as_perhaps_recording_until_it_is_told_off() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    foreach (
                        var (device, last) in covering.Where(unit =>
                            unit.Last is { UnregisteredCaptures: not null } last
                            && (last.IsHeard || unit.Device.Lifecycle != Lifecycle.Removed)
                        )
                    )
                    {
                        foreach (var capture in last!.UnregisteredCaptures!.Value.Captures)
                        {
                            Assert.NotNull(FactOf(content.Worst, device, capture));
                            if (!last.IsHeard || last.Capture[capture] is null)
                                Assert.Equal(Mode.Recorded, FactOf(content.Now, device, capture)?.Mode);
                        }
                    }
                },
                iter: Cities
            );

    [Fact]
    public void A_unit_that_was_taken_away_is_named_while_it_is_heard_and_no_longer() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (
                        var unit in covering
                            .Where(unit => unit.Last is not null)
                            .Select(unit => unit with { Device = unit.Device with { Lifecycle = Lifecycle.Removed } })
                    )
                    {
                        var heard = Compose(
                            governance,
                            [unit with { Last = unit.Last! with { Presence = Domain.Presence.PresenceState.Online } }]
                        );
                        Assert.All(unit.Device.Sensors, sensor => Assert.NotNull(FactOf(heard.Worst, unit.Device, sensor)));
                        foreach (var evidence in new[] { Domain.Presence.Evidence.Deadline, Domain.Presence.Evidence.Death })
                        {
                            var gone = unit with
                            {
                                Last = unit.Last! with { Presence = Domain.Presence.PresenceState.Silent, Evidence = evidence },
                            };
                            foreach (var content in new[] { Compose(governance, [gone]), Compose(governance, [gone.Unseen()]) })
                                Assert.Empty(content.Now.Facts.Concat(content.Worst.Facts));
                        }
                    }
                },
                iter: Cities
            );

    [Fact]
    public void Whoever_was_never_heard_is_so_since_no_time_at_all() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    Assert.All(
                        content.Now.Facts.Concat(content.Worst.Facts),
                        fact => Assert.True(fact.Since is null || fact.Since > Generators.Noon.AddDays(-2))
                    );
                },
                iter: Cities
            );

    [Fact]
    public void It_calls_a_fact_reported_only_when_a_heard_device_reports_that_mode() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (var fact in Compose(governance, covering).Now.Facts)
                    {
                        var reported = covering.Any(unit =>
                            unit.Device.Technology == fact.Technology
                            && unit.Last is { IsHeard: true } last
                            && last.Capture[fact.Capture] == fact.Mode
                        );
                        Assert.Equal(reported ? FactCertainty.Reported : FactCertainty.Unknown, fact.Certainty);
                    }
                },
                iter: Cities
            );

    [Fact]
    public void It_does_not_overstate_either_each_fact_has_a_device_behind_it() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (var fact in Compose(governance, covering).Now.Facts)
                        Assert.Contains(
                            covering,
                            unit => unit.Device.Technology == fact.Technology && unit.MayCapture[fact.Capture] >= fact.Mode
                        );
                },
                iter: Cities
            );

    [Fact]
    public void Its_worst_case_names_every_sensor_there_is_as_recording_and_unconfirmed() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var worst = Compose(governance, covering).Worst;
                    Assert.All(worst.Facts, fact => Assert.Equal((Mode.Recorded, FactCertainty.Unknown), (fact.Mode, fact.Certainty)));
                    foreach (
                        var (device, last) in covering.Where(unit =>
                            unit.Device.IsInstalled
                            || unit.Last is { IsHeard: true }
                            || unit.Last is not null && unit.Device.Lifecycle != Lifecycle.Removed
                        )
                    )
                    {
                        foreach (var sensor in device.Sensors.Concat(last?.Capture.Captures ?? []))
                            Assert.NotNull(FactOf(worst, device, sensor));
                    }
                },
                iter: Cities
            );

    [Fact]
    public void Its_worst_case_is_never_less_than_the_notice_itself() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    Assert.All(
                        content.Now.Facts,
                        fact =>
                            Assert.Contains(
                                content.Worst.Facts,
                                worst => (worst.Technology, worst.Capture) == (fact.Technology, fact.Capture)
                            )
                    );
                },
                iter: Cities
            );

    [Fact]
    public void Losing_sight_of_a_device_never_takes_a_fact_away_or_lowers_it() =>
        Gen.Select(Generators.Governance, Generators.Covering, Gen.Int[0, 7])
            .Sample(
                (governance, covering, lost) =>
                {
                    if (lost >= covering.Length || covering[lost].Last is null)
                        return;
                    var before = Compose(governance, covering).Now;
                    var silent = covering[lost] with
                    {
                        Last = covering[lost].Last! with { Presence = Domain.Presence.PresenceState.Silent },
                    };
                    // Whoever was taken away is not there when it falls silent; when only the registry cannot see, it may be.
                    foreach (
                        var unseen in covering[lost].Device.Lifecycle == Lifecycle.Removed
                            ? [covering[lost].Unseen()]
                            : new[] { silent, covering[lost].Unseen() }
                    )
                    {
                        var after = Compose(governance, covering.SetItem(lost, unseen)).Now;
                        foreach (var fact in before.Facts)
                            Assert.True(FactOf(after, fact)?.Mode >= fact.Mode);
                    }

                    static NoticeFact? FactOf(NoticeBody face, NoticeFact fact) =>
                        face.Facts.SingleOrDefault(other => (other.Technology, other.Capture) == (fact.Technology, fact.Capture));
                },
                iter: Cities
            );

    [Fact]
    public void A_capture_that_no_rule_in_force_allows_is_named_and_under_review() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (var fact in Compose(governance, covering).Now.Facts)
                    {
                        Assert.All(
                            fact.AllowedBy,
                            id =>
                            {
                                var row = governance.Table.On(Generators.Today, fact.Technology).Single(row => row.Instrument.Id == id);
                                Assert.Equal(Domain.Policies.Rules.RuleStatus.InForce, row.Status);
                                Assert.Equal(Domain.Policies.Law.Confidence.Sourced, row.Version!.Source.Confidence);
                                Assert.NotEqual(Domain.Policies.Law.InstrumentKind.CityStatement, row.Instrument.Kind);
                                Assert.Contains(fact.Capture, row.Rule!.Capture);
                            }
                        );
                        if (fact.AllowedBy.IsEmpty && covering.Select(unit => unit.Device.Department).Distinct().Count() == 1)
                            Assert.True(fact.UnderReview);
                    }
                },
                iter: Cities
            );

    [Fact]
    public void Every_language_says_every_capture_and_has_words_for_every_fact() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    foreach (var face in new[] { content.Now, content.Worst })
                    {
                        Assert.Equal(governance.Wordings.Length, face.Languages.Count);
                        foreach (var text in face.Languages.Values)
                        {
                            Assert.Equal(face.Facts.Length, text.Facts.Length);
                            var what = text.FirstLayer.Single(item => item.Item == "what").Text;
                            Assert.All(
                                face.Facts,
                                fact => Assert.Contains("capture." + Json.Word(fact.Capture), what, StringComparison.Ordinal)
                            );
                            string[] items =
                            [
                                "what",
                                "now",
                                "why",
                                "who",
                                "rule",
                                "retention",
                                "access",
                                "rights",
                                "surprise",
                                "more",
                                "area",
                                "scope",
                            ];
                            Assert.Equal(items, text.FirstLayer.Select(item => item.Item));
                            Assert.All(text.FirstLayer, item => Assert.NotEmpty(item.Text));
                        }
                    }
                },
                iter: Cities
            );

    [Fact]
    public void The_signed_payload_carries_every_fact_of_both_faces() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    using var payload = JsonDocument.Parse(NoticePayload.Write(content, governance, 7, Generators.Noon, null));
                    Assert.Equal(7, payload.RootElement.GetProperty("sequence").GetInt64());
                    Assert.Equal(Written(content.Now), Read(payload.RootElement));
                    Assert.Equal(Written(content.Worst), Read(payload.RootElement.GetProperty("worst")));

                    static string[] Written(NoticeBody face) =>
                        [
                            .. face.Facts.Select(fact =>
                                $"{fact.Technology} {Json.Word(fact.Capture)} {Json.Word(fact.Mode)} {Json.Word(fact.Certainty)}"
                            ),
                        ];
                    static string[] Read(JsonElement face) =>
                        [
                            .. face.GetProperty("facts")
                                .EnumerateArray()
                                .Select(fact =>
                                    string.Join(
                                        ' ',
                                        new[] { "technology", "capture", "mode", "certainty" }.Select(name =>
                                            fact.GetProperty(name).GetString()
                                        )
                                    )
                                ),
                        ];
                },
                iter: Cities
            );
}
