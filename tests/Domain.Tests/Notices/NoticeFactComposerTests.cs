using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Notices;

/// <summary>
/// The facts of a notice: certain and uncertain ones, and those that nothing allows. The tests derive their expectations without the
/// composer.
/// </summary>
public sealed class NoticeFactComposerTests
{
    /// <summary>The number of random cities for each property.</summary>
    private static readonly int Cities = Rounds.Of(1_000);

    private static ImmutableArray<NoticeFact> Now(GovernanceSnapshot governance, ImmutableArray<CoveringDevice> covering) =>
        NoticeFactComposer.Now(covering, [], governance.Table, Generators.Today);

    [Fact]
    public void What_is_certain_and_what_is_not_stand_side_by_side() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var facts = Now(governance, covering);
                    var inScope = covering.Where(covered => covered.IsInScope).ToArray();
                    var technologies = DeviceKind.All.Select(kind => kind.Technology).Distinct();
                    foreach (var (technology, capture) in technologies.SelectMany(_ => Enum.GetValues<Capture>(), (one, it) => (one, it)))
                    {
                        var devices = inScope.Where(covered => covered.Device.Technology == technology).ToArray();
                        var reported = devices
                            .Where(covered => covered.Last is { IsHeard: true })
                            .Max(covered => covered.Last!.Capture[capture]);
                        var mayRecord = devices.Any(covered =>
                            covered.AllSensors.Contains(capture)
                            && (covered.Last is not { IsHeard: true } last || last.Capture[capture] is null)
                        );
                        var expected = new List<(Mode?, FactCertainty)>();
                        if (reported is Mode.Live or Mode.Recorded)
                            expected.Add((reported, FactCertainty.Reported));
                        if (mayRecord)
                            expected.Add((Mode.Recorded, FactCertainty.Unknown));
                        var stated = facts.Where(fact => fact.Technology == technology && fact.Capture == capture);
                        Assert.Equal(expected, stated.Select(fact => ((Mode?)fact.Mode, fact.Certainty)));
                    }
                },
                iter: Cities
            );

    [Fact]
    public void A_capture_that_nothing_allows_to_a_device_is_marked_and_no_other() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    Assert.All(
                        Now(governance, covering),
                        fact =>
                            Assert.Equal(
                                covering.Any(covered =>
                                    covered.Device.Technology == fact.Technology
                                    && covered.PossibleCaptures[fact.Capture] is Mode.Live or Mode.Recorded
                                    && covered.Reports(fact.Capture) == (fact.Certainty == FactCertainty.Reported)
                                    && !IsAllowed(covered.Device, fact.Capture)
                                ),
                                fact.Exceeds
                            )
                    );

                    bool IsAllowed(Device device, Capture capture) =>
                        device.Lifecycle == Lifecycle.Active
                        && device.Sensors.Contains(capture)
                        && governance
                            .Table.On(Generators.Today, device.Technology)
                            .Any(row =>
                                row is { IsPrintable: true, Status: RuleStatus.InForce, Instrument.Authorises: true }
                                && row.Rule!.Capture.Contains(capture)
                                && row.Rule.AppliesTo(device.Department)
                            );
                },
                iter: Cities
            );

    [Fact]
    public void A_fact_of_a_device_that_was_never_heard_states_no_time() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var worst = NoticeFactComposer.Worst(covering, [], governance.Table, Generators.Today);
                    Assert.All(
                        Now(governance, covering).Concat(worst),
                        fact => Assert.True(fact.Since is null || fact.Since > Generators.Noon.AddDays(-2))
                    );
                },
                iter: Cities
            );

    [Fact]
    public void A_capture_that_no_rule_in_force_permits_is_under_review() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    foreach (var fact in Now(governance, covering))
                    {
                        Assert.All(
                            fact.AllowedBy,
                            id =>
                            {
                                var row = governance.Table.On(Generators.Today, fact.Technology).Single(row => row.Instrument.Id == id);
                                Assert.Equal(RuleStatus.InForce, row.Status);
                                Assert.Equal(Confidence.Sourced, row.Version!.Source.Confidence);
                                Assert.NotEqual(InstrumentKind.CityStatement, row.Instrument.Kind);
                                Assert.Contains(fact.Capture, row.Rule!.Capture);
                            }
                        );
                        if (fact.AllowedBy.IsEmpty && covering.Select(covered => covered.Device.Department).Distinct().Count() == 1)
                            Assert.True(fact.UnderReview);
                    }
                },
                iter: Cities
            );
}
