using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Notices;

/// <summary>
/// A notice never understates, for any rules, devices and presence. The tests derive their expectations without the composer.
/// </summary>
public sealed class NoticeComposerTests
{
    /// <summary>The number of random cities for each property.</summary>
    private static readonly int Cities = Rounds.Of(1_000);

    private static readonly Place Lobby = new("lobby", "Lobby", "1 Main St", "the lobby");

    private static NoticeContent Compose(GovernanceSnapshot governance, ImmutableArray<CoveringDevice> covering) =>
        NoticeComposer.Compose(Lobby, covering, governance, Generators.Today, "https://city.example");

    private static NoticeFact? FactOf(NoticeBody body, Device device, Capture capture, FactCertainty certainty) =>
        body.Facts.SingleOrDefault(fact => fact.Technology == device.Technology && fact.Capture == capture && fact.Certainty == certainty);

    private static NoticeFact? UnknownFactOf(NoticeBody body, Device device, Capture capture) =>
        FactOf(body, device, capture, FactCertainty.Unknown);

    [Fact]
    public void A_notice_names_every_capture_that_a_heard_device_reports() =>
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
                            Assert.True(
                                FactOf(notice, device, capture, FactCertainty.Reported)?.Mode >= last!.Capture[capture],
                                $"{device.Id} reports {capture}"
                            );
                    }
                },
                iter: Cities
            );

    [Fact]
    public void A_device_that_is_not_heard_may_record_with_every_sensor() =>
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
                            Assert.Equal(Mode.Recorded, UnknownFactOf(notice, device, sensor)?.Mode);
                        foreach (
                            var capture in Enum.GetValues<Capture>().Where(capture => last?.Capture[capture] is Mode.Live or Mode.Recorded)
                        )
                            Assert.Equal(Mode.Recorded, UnknownFactOf(notice, device, capture)?.Mode);
                    }
                },
                iter: Cities
            );

    [Fact]
    public void An_unregistered_capture_may_be_recorded_until_it_is_reported_off() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    foreach (
                        var (device, last) in covering.Where(covered =>
                            covered.Last is { UnregisteredCaptures: not null } last
                            && (last.IsHeard || covered.Device.Lifecycle != Lifecycle.Removed)
                        )
                    )
                    {
                        foreach (var capture in last!.UnregisteredCaptures!.Value.Captures)
                        {
                            Assert.NotNull(UnknownFactOf(content.Worst, device, capture));
                            if (!last.IsHeard || last.Capture[capture] is null)
                                Assert.Equal(Mode.Recorded, UnknownFactOf(content.Now, device, capture)?.Mode);
                        }
                    }
                },
                iter: Cities
            );

    [Fact]
    public void A_removed_device_is_named_only_while_it_is_heard() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (
                        var covered in covering
                            .Where(covered => covered.Last is not null)
                            .Select(covered => covered with { Device = covered.Device with { Lifecycle = Lifecycle.Removed } })
                    )
                    {
                        var heard = Compose(governance, [covered with { Last = covered.Last! with { Presence = PresenceState.Online } }]);
                        Assert.All(covered.Device.Sensors, sensor => Assert.NotNull(UnknownFactOf(heard.Worst, covered.Device, sensor)));
                        foreach (var evidence in new[] { Evidence.Deadline, Evidence.Death })
                        {
                            var gone = covered with { Last = covered.Last! with { Presence = PresenceState.Silent, Evidence = evidence } };
                            foreach (var content in new[] { Compose(governance, [gone]), Compose(governance, [gone.AsUnobserved()]) })
                                Assert.Empty(content.Now.Facts.Concat(content.Worst.Facts));
                        }
                    }
                },
                iter: Cities
            );

    [Fact]
    public void A_notice_does_not_overstate_because_each_fact_has_a_device() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (var fact in Compose(governance, covering).Now.Facts)
                        Assert.Contains(
                            covering,
                            covered => covered.Device.Technology == fact.Technology && covered.PossibleCaptures[fact.Capture] >= fact.Mode
                        );
                },
                iter: Cities
            );

    [Fact]
    public void The_worst_case_names_every_sensor_as_recording_and_unconfirmed() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var worst = Compose(governance, covering).Worst;
                    Assert.All(worst.Facts, fact => Assert.Equal((Mode.Recorded, FactCertainty.Unknown), (fact.Mode, fact.Certainty)));
                    foreach (
                        var (device, last) in covering.Where(covered =>
                            covered.Device.IsInstalled
                            || covered.Last is { IsHeard: true }
                            || covered.Last is not null && covered.Device.Lifecycle != Lifecycle.Removed
                        )
                    )
                    {
                        foreach (var sensor in device.Sensors.Concat(last?.Capture.Captures ?? []))
                            Assert.NotNull(UnknownFactOf(worst, device, sensor));
                    }
                },
                iter: Cities
            );

    [Fact]
    public void The_worst_case_is_never_less_than_the_notice() =>
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
    public void Losing_contact_with_a_device_never_removes_or_lowers_a_fact() =>
        Gen.Select(Generators.Governance, Generators.Covering, Gen.Int[0, 7])
            .Sample(
                (governance, covering, lost) =>
                {
                    if (lost >= covering.Length || covering[lost].Last is null)
                        return;
                    var before = Compose(governance, covering).Now;
                    var silent = covering[lost] with { Last = covering[lost].Last! with { Presence = PresenceState.Silent } };
                    // A removed device that becomes silent is gone. While only the registry cannot observe, it may still be there.
                    foreach (
                        var unseen in covering[lost].Device.Lifecycle == Lifecycle.Removed
                            ? [covering[lost].AsUnobserved()]
                            : new[] { silent, covering[lost].AsUnobserved() }
                    )
                    {
                        var after = Compose(governance, covering.SetItem(lost, unseen)).Now;
                        foreach (var fact in before.Facts)
                            Assert.True(HighestOf(after, fact) >= fact.Mode);
                    }

                    static Mode? HighestOf(NoticeBody body, NoticeFact fact) =>
                        body
                            .Facts.Where(other => (other.Technology, other.Capture) == (fact.Technology, fact.Capture))
                            .Max(other => (Mode?)other.Mode);
                },
                iter: Cities
            );
}
