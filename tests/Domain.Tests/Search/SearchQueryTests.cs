using SurveillanceRegistry.Domain.Search;

namespace SurveillanceRegistry.Domain.Tests.Search;

public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("East Lobby", "east lobby")]
    [InlineData("  16.170  ", "16 170")]
    [InlineData("CAM-0042/b", "cam 0042 b")]
    [InlineData("'; drop table x; --", "drop table x")]
    [InlineData("100%_\\", "100")]
    [InlineData("Ｆｕｌｌ ﬁsh", "full fish")]
    [InlineData("كاميرا مكتبة", "كاميرا مكتبة")]
    [InlineData("\u202Eabc\u202C", "abc")]
    [InlineData("lobby LOBBY", "lobby")]
    [InlineData("हिन्दी", "हिन्दी")]
    public void Words_are_letters_and_digits_in_lower_case(string text, string words) =>
        Assert.Equal(words.Split(' '), SearchQuery.Read(text).Value!.Words);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("%%''\"\"")]
    [InlineData("a\0b")]
    [InlineData("a\uFFFEb")]
    [InlineData("one two three four five six seven eight nine")]
    public void What_cannot_be_searched_for_is_refused_with_a_sentence(string? text) =>
        Assert.EndsWith(".", Assert.Single(SearchQuery.Read(text).Refusals).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_is_refused()
    {
        // An attribute cannot hold it.
        foreach (var text in new[] { "a\uD800", "\uDC00\uD800", "\uDC00a" })
            Assert.NotEmpty(SearchQuery.Read(text).Refusals);
    }

    [Fact]
    public void A_query_of_ten_kilobytes_is_refused_unread() =>
        Assert.Contains("200", Assert.Single(SearchQuery.Read(new string('x', 10_240)).Refusals).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_refused_or_read_as_words_that_mean_nothing_to_the_database() =>
        CsCheck.Check.Sample(
            CsCheck.Gen.String,
            text =>
                SearchQuery.Read(text).Value is not { } query
                || !query.Words.Any(word => word.Any(one => " '\"\\&|!():*<>".Contains(one, StringComparison.Ordinal)))
        );
}
