using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Tests.Fixtures;

namespace SurveillanceRegistry.Grains.Tests.Policies;

/// <summary>Rows that start in the future take effect by themselves, at the midnight of the city's own clock.</summary>
public sealed class PoliciesGrainTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    /// <summary>In Los Angeles: the midnight before the hour is lost, and the midnight before it is found again.</summary>
    [Theory]
    [InlineData("2027-03-14", "2027-03-14T08:00:00Z")]
    [InlineData("2027-03-15", "2027-03-15T07:00:00Z")]
    [InlineData("2027-11-07", "2027-11-07T07:00:00Z")]
    [InlineData("2027-11-08", "2027-11-08T08:00:00Z")]
    public async Task Take_effect_at_the_local_midnight_daylight_saving_included_and_are_written_down_once(string day, string midnight)
    {
        var policies = _city.Grains.Policies();
        var editor = new Attribution("editor", "police", "st-editor");
        var manual = (await _city.Grains.Governance()).Table.Instruments[0];
        var last = manual.Versions[^1];
        var from = LawDate.Parse(day);
        var amended = manual with
        {
            Citation = "SPD Manual 16.090", // The small city's own is of no code that exists.
            Versions =
            [
                .. manual.Versions.SetItem(manual.Versions.Length - 1, last with { Effective = last.Effective with { To = from } }),
                last with
                {
                    Number = last.Number + 1,
                    Title = "Cameras from then on",
                    Effective = new EffectivePeriod(from),
                },
            ],
        };
        var draft = (
            await policies.Draft(new Proposal("It changes.", last.Source, [new ProposedDocument(PolicyDocument.For(amended), 1)]), editor)
        ).Value!;
        var submitted = (await policies.Act(draft.Id, 1, ChangeAct.Submitted, editor)).Value!;
        Assert.True(
            (await policies.Act(draft.Id, submitted.Version, ChangeAct.Approved, new Attribution("approver", null, "st-approver"))).IsDone
        );

        var at = DateTimeOffset.Parse(midnight, System.Globalization.CultureInfo.InvariantCulture);
        _city.Time.AdjustTime(at.AddSeconds(-1));
        await policies.RecordTransitions();
        Assert.Empty(_city.Memory.Days.SelectMany(turned => turned.Switches));

        _city.Time.SetUtcNow(at);
        await policies.RecordTransitions();
        await policies.RecordTransitions();
        var turned = Assert.Single(_city.Memory.Days, turned => !turned.Switches.IsEmpty);
        Assert.Equal(from.Earliest, turned.Day);
        Assert.Equal(
            new EffectiveTransition("facility-camera", manual.Id, 3, RuleStatus.InForce, RuleStatus.InForce),
            Assert.Single(turned.Switches)
        );
        var notice = await _city.Notice();
        Assert.Contains(notice.Now.Facts.SelectMany(fact => fact.GovernedBy), rule => rule.Title == "Cameras from then on");
    }
}
