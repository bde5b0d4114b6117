using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes.Validation;

/// <summary>A change request checks the texts of notices as their file is checked.</summary>
public sealed class WordingValidatorTests
{
    private static readonly GovernanceSnapshot Governance = Generators.Snapshot([]);

    private static readonly Wording Spanish = Governance.Wordings[1] with
    {
        Texts = Governance
            .Wordings[1]
            .Texts.SetItems(
                ((string[])["format.exact", "format.short", "format.short.year"]).Select(key =>
                    KeyValuePair.Create(key, "yyyy-MM-dd HH:mm:ss")
                )
            ),
    };

    [Theory]
    [InlineData("fact.maybe", "Algo puede grabarse", "no {capture} in 'fact.maybe'")]
    [InlineData("fact.maybe", "{capture} {why}", "{why} in 'fact.maybe'")]
    [InlineData("fact.maybe", "{capture}}", "a brace that belongs to no placeholder")]
    [InlineData("not-stated", "<b>No</b>", "markup")]
    [InlineData("not-stated", " ", "a blank text")]
    [InlineData("format.time", "yyyy-MM-dd", "'yyyy-MM-dd'; expected a pattern for a time and day")]
    [InlineData("format.date", "HH:mm", "'HH:mm'; expected a pattern for a day")]
    [InlineData("fact.perhaps", "Tal vez", "the unknown key 'fact.perhaps'")]
    [InlineData("technology.spaceship", "Nave", "the unknown key 'technology.spaceship'")]
    [InlineData("technology.alpr", "Lectores {count}", "{count} in 'technology.alpr'")]
    [InlineData("class.", "Nada", "the unknown key 'class.'")]
    public void A_wrong_text_is_refused_at_its_key(string key, string text, string found)
    {
        var problem = Assert.Single(Problems(Spanish with { Texts = Spanish.Texts.SetItem(key, text) }));
        Assert.Equal($"wording es / {key}", problem.Where!.Replace(" / texts", "", StringComparison.Ordinal));
        Assert.Contains("Found " + found, problem.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_text_is_refused_with_the_placeholders_that_it_must_have()
    {
        var problem = Assert.Single(Problems(Spanish with { Texts = Spanish.Texts.Remove("rule.none") }));
        Assert.Equal("Found no text; expected a sentence with {technology}.", problem.Sentence);
    }

    [Fact]
    public void Separators_may_be_blank_and_names_of_technologies_classes_and_notes_are_free()
    {
        var texts = Spanish.Texts.SetItem("list.last", "").SetItem("technology.alpr", "Lectores").SetItem("class.patrol-reads", "lecturas");
        Assert.Empty(Problems(Spanish with { Texts = texts }));
    }

    [Fact]
    public void A_key_of_an_older_registry_stays_with_its_text()
    {
        var older = Spanish with { Texts = Spanish.Texts.SetItem("fact.once", "Antes") };
        var history = History(Governance with { Wordings = [Governance.Wordings[0], older] });
        var changed = older with { Texts = older.Texts.SetItem("not-stated", "No consta") };
        Assert.Empty(PolicyValidator.Problems(history, [PolicyDocument.For(changed)]));
    }

    private static Refusal[] Problems(Wording wording) => [.. PolicyValidator.Problems(History(Governance), [PolicyDocument.For(wording)])];

    private static GovernanceHistory History(GovernanceSnapshot governance) =>
        new([.. governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Generators.Noon, 0, null))]);
}
