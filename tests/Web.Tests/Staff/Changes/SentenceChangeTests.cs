using SurveillanceRegistry.Web.Staff.Changes;

namespace SurveillanceRegistry.Web.Tests.Staff.Changes;

/// <summary>What a change does to the sentences of a notice, with the words that differ marked.</summary>
public sealed class SentenceChangeTests
{
    [Fact]
    public void Words_that_differ_are_marked_in_both_sentences()
    {
        var change = Assert.Single(
            SentenceChange.Between(
                ["Kept at most 90 days (patrol reads), by Manual 1."],
                ["Kept at most 21 days (patrol reads), by Manual 1."]
            )
        );
        Assert.Equal(["90"], change.Before.Where(piece => piece.IsMarked).Select(piece => piece.Text));
        Assert.Equal(["21"], change.After.Where(piece => piece.IsMarked).Select(piece => piece.Text));
        Assert.Equal("Kept at most 21 days (patrol reads), by Manual 1.", change.AfterText);
    }

    [Fact]
    public void Sentences_without_a_counterpart_are_marked_as_a_whole()
    {
        var changes = SentenceChange.Between(["Video is recorded here."], ["The City has not published how long."]);
        Assert.Equal(["Video is recorded here.", ""], changes.Select(change => change.BeforeText));
        Assert.Equal(["", "The City has not published how long."], changes.Select(change => change.AfterText));
        Assert.All(changes.SelectMany(change => change.Before.Concat(change.After)), piece => Assert.True(piece.IsMarked));
    }
}
