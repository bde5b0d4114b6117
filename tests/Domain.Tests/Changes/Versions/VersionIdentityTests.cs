using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes.Versions;

/// <summary>A version is itself, whatever its number.</summary>
public sealed class VersionIdentityTests
{
    private static InstrumentVersion Old => AmendedInstrument.Ordinance.Versions[0];

    [Fact]
    public void A_version_stays_itself_when_an_earlier_text_is_recorded()
    {
        var proposed = AmendedInstrument.With(
            AmendedInstrument.Version(1, "Text of 2016", "2016-01-01", 90, "2018-02-01"),
            Old with
            {
                Number = 2,
                Id = "",
            }
        );
        var completed = VersionIdentity.Complete(proposed, [Old]);
        Assert.Equal("text-of-2018", completed.Versions[1].Id);
        Assert.NotEqual("text-of-2018", completed.Versions[0].Id);
        Assert.NotEmpty(completed.Versions[0].Id);
    }

    [Fact]
    public void A_version_whose_title_and_first_day_are_corrected_stays_itself()
    {
        var corrected = AmendedInstrument.Version(1, "Text of 2019", "2019-02-01", 90);
        Assert.Equal("text-of-2018", VersionIdentity.Complete(AmendedInstrument.With(corrected), [Old]).Versions[0].Id);
    }

    [Fact]
    public void An_edited_copy_of_a_version_is_a_version_of_its_own()
    {
        var copy = Old with { Number = 2, Effective = new EffectivePeriod(LawDate.Parse("2026-11-29")) };
        var versions = VersionIdentity.Complete(AmendedInstrument.With(copy, Old), [Old]).Versions;
        Assert.Equal("text-of-2018", versions[1].Id);
        Assert.NotEqual("text-of-2018", versions[0].Id);
    }

    [Fact]
    public void The_same_new_text_gets_the_same_identity_in_two_requests()
    {
        InstrumentVersion Added() =>
            VersionIdentity
                .Complete(AmendedInstrument.With(Old, AmendedInstrument.Version(2, "Text of 2026", "2026-11-29", 21)), [Old])
                .Versions[1];
        Assert.Equal(Added().Id, Added().Id);
        Assert.NotEqual(
            Added().Id,
            VersionIdentity
                .Complete(AmendedInstrument.With(Old, AmendedInstrument.Version(2, "Another", "2026-11-29", 21)), [Old])
                .Versions[1]
                .Id
        );
    }

    [Fact]
    public void A_register_of_an_older_version_has_the_same_identities_in_all_its_revisions()
    {
        var first = Without(AmendedInstrument.Ordinance);
        var second = Without(
            AmendedInstrument.With(AmendedInstrument.Version(1, "Text of 2016", "2016-01-01", 90, "2018-02-01"), Old with { Number = 2 })
        );
        var city = PolicyDocument.For(Generators.Snapshot([]).City);
        var history = new GovernanceHistory([
            new PolicyRevision(city, 1, 0, Generators.Noon, 0, null),
            new PolicyRevision(first, 1, 0, Generators.Noon, 1, null),
            new PolicyRevision(second, 2, 0, Generators.Noon, 2, 7),
        ]);
        var ids = history
            .RevisionsOf(DocumentKind.Instrument, "ord-990300")
            .Select(revision =>
                revision.Document.Value<Instrument>().Versions.ToDictionary(version => version.Title, version => version.Id)
            )
            .ToArray();
        Assert.Equal(ids[0]["Text of 2018"], ids[1]["Text of 2018"]);
        Assert.Equal(ids[1]["Text of 2018"], history.Current.Table.Instruments[0].Versions[1].Id);
    }

    /// <summary>The document as an older version wrote it.</summary>
    private static PolicyDocument Without(Instrument instrument)
    {
        var json = JsonNode.Parse(PolicyDocument.For(instrument).Body)!;
        foreach (var version in json["versions"]!.AsArray())
            ((JsonObject)version!).Remove("id");
        return PolicyDocument.Read(DocumentKind.Instrument, json.ToJsonString());
    }
}
