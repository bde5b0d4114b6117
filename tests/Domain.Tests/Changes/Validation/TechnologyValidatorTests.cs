using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes.Validation;

/// <summary>When a technology can be retired, and what names one that is.</summary>
public sealed class TechnologyValidatorTests
{
    private static readonly GovernanceSnapshot Governance = Generators.Snapshot([Law()]);

    private static readonly GovernanceHistory History = new([
        .. Governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Generators.Noon, 0, null)),
    ]);

    [Fact]
    public void A_technology_that_devices_or_coming_rules_name_cannot_be_retired()
    {
        var camera = Governance.Table.Technologies.First(technology => technology.Id == "facility-camera");
        ImmutableArray<PolicyDocument> proposed = [PolicyDocument.For(camera with { IsRetired = true })];
        KindUse[] uses = [new("facility-camera", 2, []), new("public-cctv", 1, [])];
        Assert.Equal(
            [
                "Found the technology retired; expected it to stay while it has 2 fixed devices: remove them, or change their kind, first.",
                "Found the technology retired; expected no rule about it that holds or will hold: Law 1 has one, so end that first.",
            ],
            Retire(proposed, [.. uses]).Select(problem => problem.Sentence)
        );
        Assert.All(Retire(proposed, [.. uses]), problem => Assert.Equal("technology facility-camera / retired", problem.Where));
        Assert.Single(Retire(proposed, []));

        var ended = PolicyDocument.For(Law(new EffectivePeriod(LawDate.Parse("2019-02-01"), To: LawDate.Parse("2026-11-23"))));
        Assert.Empty(Retire([.. proposed, ended], []));
        Assert.Single(Retire([.. proposed, ended], [], new DateOnly(2026, 11, 22)));
        Assert.Empty(Retire([PolicyDocument.For(camera)], [.. uses]));
    }

    [Fact]
    public void A_rule_that_holds_or_will_hold_is_not_about_a_retired_technology()
    {
        var camera = Governance.Table.Technologies.First(technology => technology.Id == "facility-camera");
        var retired = new GovernanceHistory([
            .. History.Revisions,
            new PolicyRevision(PolicyDocument.For(camera with { IsRetired = true }), 2, 0, Generators.Noon, 1, 1),
        ]);
        var problem = Assert.Single(
            PolicyValidator.RetirementProblems(retired, [PolicyDocument.For(Law())], [], new DateOnly(2026, 11, 23))
        );
        Assert.Equal("instrument manual-1 / technology", problem.Where);
        Assert.Contains("'facility-camera', which is retired", problem.Sentence, StringComparison.Ordinal);
    }

    private static ImmutableArray<Refusal> Retire(
        ImmutableArray<PolicyDocument> proposed,
        ImmutableArray<KindUse> uses,
        DateOnly? today = null
    ) => PolicyValidator.RetirementProblems(History, proposed, uses, today ?? new DateOnly(2026, 11, 23));

    private static Instrument Law(EffectivePeriod? effective = null) =>
        new(
            "manual-1",
            InstrumentKind.StateLaw,
            "Law 1",
            "the state",
            [
                new InstrumentVersion(
                    1,
                    "Cameras",
                    effective ?? new EffectivePeriod(LawDate.Parse("2019-02-01")),
                    null,
                    null,
                    null,
                    null,
                    null,
                    new Source("The law", null, new DateOnly(2026, 11, 1), Confidence.Sourced),
                    [new Rule("facility-camera", [], [], [], new RecordsAccess(RecordsAccessKind.NotKnown), [])]
                ),
            ]
        );
}
