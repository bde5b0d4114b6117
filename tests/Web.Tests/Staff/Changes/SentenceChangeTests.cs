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
    public void A_sentence_does_not_take_the_counterpart_of_another_one()
    {
        const string Rule = "Manual 1, Readers, in effect since February 1, 2019.",
            All = Rule + " Location: under review.";
        static string Later(string sentence) => sentence.Replace("February 1, 2019", "January 1, 2027", StringComparison.Ordinal);
        var changes = SentenceChange.Between([Rule, All], [Later(All), Later(Rule)]);
        Assert.Equal([(Rule, Later(Rule)), (All, Later(All))], changes.Select(change => (change.BeforeText, change.AfterText)));
    }

    [Fact]
    public void A_long_sentence_is_shown_with_the_words_beside_what_differs()
    {
        var same = string.Join(' ', Enumerable.Range(1, 60));
        var change = Assert.Single(SentenceChange.Between([same + " kept 90 days"], [same + " kept 21 days"]));
        Assert.Equal(same + " kept 21 days", change.AfterText);
        Assert.StartsWith("1 2 3 4 5 6 7 8 9 10 11 12 … ", change.After[0].Excerpt);
        Assert.EndsWith(" 58 59 60 kept ", change.After[0].Excerpt);
        Assert.Equal("21", change.After.Single(piece => piece.IsMarked).Excerpt);
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
