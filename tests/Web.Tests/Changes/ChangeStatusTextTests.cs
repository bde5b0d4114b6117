using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Changes;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Changes;

/// <summary>When an approved change takes effect.</summary>
public sealed class ChangeStatusTextTests(SampleCity city)
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public void A_change_whose_effect_lies_ahead_is_scheduled()
    {
        Assert.Equal(
            "scheduled",
            Status(version => version with { Effective = version.Effective with { To = LawDate.Parse("2027-01-01") } })
        );
        Assert.Equal("in-force", Status(version => version with { Title = "Another title" }));
        Assert.Equal(
            "scheduled",
            Status(manual =>
                VersionChain.Add(manual, manual.Versions[0] with { Id = "", Effective = new EffectivePeriod(LawDate.Parse("2027-01-01")) })
            )
        );
        Assert.Equal(
            "scheduled",
            Status(manual =>
                VersionChain.Add(
                    manual,
                    manual.Versions[0] with
                    {
                        Id = "",
                        Effective = new EffectivePeriod(null) { Condition = "It rains." },
                    }
                )
            )
        );
    }

    [Fact]
    public void A_change_of_a_version_that_has_not_begun_is_scheduled()
    {
        var manual = Manual(city);
        var two = VersionChain.Add(
            manual,
            manual.Versions[0] with
            {
                Id = "",
                Effective = new EffectivePeriod(LawDate.Parse("2027-01-01")),
            }
        );
        var history = new GovernanceHistory([.. History.Revisions, Revision(two, 2)]);
        var changed = two with { Versions = [two.Versions[0], two.Versions[1] with { Title = "Readers, revised" }] };
        Assert.Equal("scheduled", ChangeStatusText.For(Request(changed, 2), history, Today));
        Assert.Equal("in-force", ChangeStatusText.For(Request(changed, 2), history, new DateOnly(2027, 1, 1)));
    }

    [Fact]
    public void A_text_that_waited_is_scheduled_until_a_later_change_records_a_day_that_has_come()
    {
        var waiting = VersionChain.Add(
            Manual(city),
            Manual(city).Versions[0] with
            {
                Id = "",
                Effective = new EffectivePeriod(null) { Condition = "It rains." },
            }
        );
        var request = Request(waiting, 1);
        var recorded = new GovernanceHistory([.. History.Revisions, Revision(waiting, 2)]);
        Assert.Equal("scheduled", ChangeStatusText.For(request, recorded, Today));
        Assert.Equal("scheduled", Later(new EffectivePeriod(LawDate.Parse("2027-01-01"))));
        Assert.Equal("in-force", Later(new EffectivePeriod(LawDate.Parse("2026-11-20"))));

        string Later(EffectivePeriod period)
        {
            var dated = waiting with { Versions = [waiting.Versions[0], waiting.Versions[1] with { Effective = period }] };
            return ChangeStatusText.For(request, new GovernanceHistory([.. recorded.Revisions, Revision(dated, 3)]), Today);
        }
    }

    private GovernanceHistory History =>
        new([
            .. city
                .Opening.Governance.Documents()
                .Select((document, i) => new PolicyRevision(document, 1, i, DateTimeOffset.UnixEpoch, i, null)),
        ]);

    private static Instrument Manual(SampleCity city) =>
        city.Opening.Governance.Table.Instruments.First(instrument => instrument.Id == "spd-manual-16.170");

    private string Status(Func<InstrumentVersion, InstrumentVersion> change) =>
        Status(manual => manual with { Versions = [change(manual.Versions[0])] });

    private string Status(Func<Instrument, Instrument> change) => ChangeStatusText.For(Request(change(Manual(city)), 1), History, Today);

    private static PolicyRevision Revision(Instrument instrument, int number) =>
        new(PolicyDocument.For(instrument), number, 0, DateTimeOffset.UnixEpoch.AddDays(1), 1000, 1);

    private static ChangeRequest Request(Instrument instrument, int revision)
    {
        var by = new Attribution("editor", "police", "st-editor");
        var proposal = new Proposal("It changes.", null, [new ProposedDocument(PolicyDocument.For(instrument), revision)]);
        return new ChangeRequest(1, 3, ChangeState.Approved, by, DateTimeOffset.UnixEpoch, null, by, null, proposal, []);
    }
}
