using SurveillanceRegistry.Domain.Search;

namespace SurveillanceRegistry.Domain.Tests.Search;

public sealed class SearchHitTests
{
    [Fact]
    public void A_find_says_the_field_and_the_fragment_that_matched()
    {
        var hit = Find("16.170", new("citation", "SPD Manual 16.170"), new("text", "Readers of plates."))!;
        Assert.Equal(("citation", "SPD Manual 16.170"), (hit.Field, hit.Fragment));
        Assert.Equal("16", hit.Fragment.Substring(hit.Start, hit.Length));
    }

    [Fact]
    public void A_word_finds_longer_ones_that_begin_with_it_and_not_what_is_within_a_word()
    {
        Assert.NotNull(Find("cam", new SearchField("name", "The Cameras of the lobby")));
        Assert.Null(Find("ameras", new SearchField("name", "The Cameras of the lobby")));
        Assert.Null(Find("cameras hall", new SearchField("name", "The Cameras of the lobby")));
    }

    [Fact]
    public void Words_may_stand_in_different_texts_and_the_text_with_most_of_them_is_shown()
    {
        var hit = Find("police east lobby", new("department", "police"), new("name", "East lobby"))!;
        Assert.Equal(("name", 3), (hit.Field, hit.Rank));
    }

    [Fact]
    public void A_long_text_is_cut_around_the_find_and_never_within_a_character()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 80)) + " needle " + string.Concat(Enumerable.Repeat("😀", 80));
        var hit = Find("needle", new SearchField("text", text))!;
        Assert.Equal("needle", hit.Fragment.Substring(hit.Start, hit.Length));
        Assert.True(hit.Fragment.Length < 140);
        Assert.StartsWith("… ", hit.Fragment, StringComparison.Ordinal);
        Assert.Equal(hit.Fragment, hit.Fragment.Normalize());
    }

    [Fact]
    public void The_best_find_is_the_name_or_id_as_it_was_entered()
    {
        var query = SearchQuery.Read("lobby").Value!;
        var best = SearchHit.Best(
            [
                Subject("a", new SearchField("name", "East"), new SearchField("text", "In the lobby.")),
                Subject("b", new SearchField("name", "Lobby of the east")),
                Subject("c", new SearchField("name", "Lobby")),
            ],
            query,
            2
        );
        Assert.Equal(["c", "b"], best.Select(hit => hit.Id));
    }

    private static SearchHit? Find(string query, params SearchField[] fields) =>
        SearchHit.Find(Subject("one", fields), SearchQuery.Read(query).Value!);

    private static SearchSubject Subject(string id, params SearchField[] fields) => new(SearchKind.Place, id, fields[0].Text, [.. fields]);
}
