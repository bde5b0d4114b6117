using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Tests.Fixtures;

namespace SurveillanceRegistry.Grains.Tests.Policies;

/// <summary>Rules that start in the future take effect by themselves, at midnight in the city's time zone.</summary>
public sealed class PoliciesGrainTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    /// <summary>Far less than the 30 s after which a call between grains is given up.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public async Task A_registry_that_missed_midnights_starts_at_once_and_records_each_of_them()
    {
        await _city.Memory.RecordDayAsync(Today.AddDays(-2), [], _city.Time.GetUtcNow(), Cancellation);

        await _city.Grains.Governance().WaitAsync(StartTimeout, Cancellation);
        Assert.NotEmpty((await _city.Notice().WaitAsync(StartTimeout, Cancellation)).Now.Languages);

        await _city.Memory.Until(memory => memory.Days.Length == 3);
        Assert.Equal([Today.AddDays(-2), Today.AddDays(-1), Today], _city.Memory.Days.Select(turned => turned.Day));
    }

    [Fact]
    public async Task A_registry_starts_at_once_although_a_day_after_today_was_recorded()
    {
        await _city.Memory.RecordDayAsync(Today.AddDays(1), [], _city.Time.GetUtcNow(), Cancellation);

        await _city.Grains.Governance().WaitAsync(StartTimeout, Cancellation);
        Assert.NotEmpty((await _city.Notice().WaitAsync(StartTimeout, Cancellation)).Now.Languages);

        await _city.Memory.Until(memory => memory.Days.Length == 2);
        Assert.Equal([Today, Today.AddDays(1)], _city.Memory.Days.Select(turned => turned.Day));
    }

    /// <summary>The midnights before and after both daylight saving changes in Los Angeles.</summary>
    [Slow]
    [Theory]
    [InlineData("2027-03-14", "2027-03-14T08:00:00Z")]
    [InlineData("2027-03-15", "2027-03-15T07:00:00Z")]
    [InlineData("2027-11-07", "2027-11-07T07:00:00Z")]
    [InlineData("2027-11-08", "2027-11-08T08:00:00Z")]
    public async Task Rules_take_effect_at_the_local_midnight_and_are_recorded_once(string day, string midnight)
    {
        var policies = _city.Grains.Policies();
        var editor = new Attribution("editor", "police", "st-editor");
        var manual = (await _city.Grains.Governance()).Table.Instruments[0];
        var from = LawDate.Parse(day);
        var document = new ProposedDocument(PolicyDocument.For(AmendedFrom(manual, from)), 1);
        var draft = (await policies.Draft(new Proposal("It changes.", manual.Versions[^1].Source, [document]), editor)).Value!;
        var submitted = (await policies.Act(draft.Id, 1, ChangeAct.Submitted, editor)).Value!;
        Assert.True(
            (await policies.Act(draft.Id, submitted.Version, ChangeAct.Approved, new Attribution("approver", null, "st-approver"))).IsDone
        );

        var at = DateTimeOffset.Parse(midnight, System.Globalization.CultureInfo.InvariantCulture);
        _city.Time.AdjustTime(at.AddSeconds(-1));
        await policies.RecordTransitions();
        Assert.Empty(_city.Memory.Days.SelectMany(turned => turned.Transitions));

        _city.Time.SetUtcNow(at);
        await policies.RecordTransitions();
        await policies.RecordTransitions();
        var turned = Assert.Single(_city.Memory.Days, turned => !turned.Transitions.IsEmpty);
        Assert.Equal(from.Earliest, turned.Day);
        Assert.Equal(
            new EffectiveTransition("facility-camera", manual.Id, 3, RuleStatus.InForce, RuleStatus.InForce),
            Assert.Single(turned.Transitions)
        );
        var notice = await _city.Notice();
        Assert.Contains(notice.Now.Facts.SelectMany(fact => fact.GovernedBy), rule => rule.Title == "Cameras from then on");
    }

    [Fact]
    public async Task A_draft_or_a_note_that_no_page_can_show_is_not_recorded()
    {
        var policies = _city.Grains.Policies();
        var editor = new Attribution("editor", "police", "st-editor");
        var manual = (await _city.Grains.Governance()).Table.Instruments[0];
        var document = new ProposedDocument(PolicyDocument.For(AmendedFrom(manual, LawDate.Parse("2027-01-01"))), 1);
        var proposal = new Proposal("It changes.", manual.Versions[^1].Source, [document]);
        var refused = await policies.Draft(proposal with { Reason = "Title read again\u000bsee page 3" }, editor);
        Assert.Equal("reason", Assert.Single(refused.Refusals).Where);
        Assert.Null(await ((IChangeRegister)_city.Memory).FindAsync(1, TestContext.Current.CancellationToken));

        var draft = (await policies.Draft(proposal, editor)).Value!;
        var submitted = (await policies.Act(draft.Id, 1, ChangeAct.Submitted, editor)).Value!;
        var rejected = await policies.Act(
            draft.Id,
            submitted.Version,
            ChangeAct.Rejected,
            new Attribution("approver", null, "st-approver"),
            "no\u0000"
        );
        Assert.Equal("note", Assert.Single(rejected.Refusals).Where);
    }

    [Fact]
    public async Task A_department_of_a_registered_device_is_not_removed_from_the_city()
    {
        var policies = _city.Grains.Policies();
        var editor = new Attribution("editor", "police", "st-editor");
        var governance = await _city.Grains.Governance();
        var used = (await _city.Memory.AllAsync(TestContext.Current.CancellationToken))[0].Department;
        var city = governance.City with { Departments = [new Department("other", "Other", "555-0100")] };
        ProposedDocument[] documents =
        [
            new(PolicyDocument.For(city), 1),
            .. governance.Table.Instruments.Select(instrument => new ProposedDocument(
                PolicyDocument.For(WithoutDepartments(instrument)),
                1
            )),
        ];
        var draft = (
            await policies.Draft(new Proposal("A merger.", governance.Table.Instruments[0].Versions[^1].Source, [.. documents]), editor)
        ).Value!;
        var submitted = await policies.Act(draft.Id, 1, ChangeAct.Submitted, editor);
        Assert.Contains(submitted.Refusals, refusal => refusal.Sentence.Contains($"'{used}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_technology_with_devices_in_use_is_not_retired()
    {
        var policies = _city.Grains.Policies();
        var editor = new Attribution("editor", "police", "st-editor");
        var governance = await _city.Grains.Governance();
        var devices = await _city.Memory.AllAsync(TestContext.Current.CancellationToken);
        var used = devices.First(device => device.Lifecycle == Lifecycle.Active);
        var technology = governance.Table.Technologies.First(known => known.Id == used.Technology) with { IsRetired = true };
        var source = governance.Table.Instruments[0].Versions[^1].Source;
        var draft = (
            await policies.Draft(new Proposal("No use.", source, [new ProposedDocument(PolicyDocument.For(technology), 1)]), editor)
        ).Value!;
        var submitted = await policies.Act(draft.Id, 1, ChangeAct.Submitted, editor);
        Assert.Contains(submitted.Refusals, refusal => refusal.Sentence.Contains("to stay while it has", StringComparison.Ordinal));
    }

    private static Instrument WithoutDepartments(Instrument instrument) =>
        instrument with
        {
            Kind = InstrumentKind.StateLaw,
            Versions =
            [
                .. instrument.Versions.Select(version =>
                    version with
                    {
                        Rules = [.. version.Rules.Select(rule => rule with { Departments = [], Owner = null })],
                    }
                ),
            ],
        };

    /// <summary>The instrument with another version of its text from a day on.</summary>
    private static Instrument AmendedFrom(Instrument manual, LawDate from)
    {
        var last = manual.Versions[^1];
        return manual with
        {
            Citation = "SPD Manual 16.090", // The small city's own citation names no existing code.
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
    }
}
