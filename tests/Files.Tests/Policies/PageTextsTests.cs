using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>The texts of pages and screens: in the files, and in the registry for wordings that an older version stored.</summary>
public sealed class PageTextsTests
{
    private static Wording English => SampleCity.Opening.Governance.Wordings.Single(wording => wording.Language == "en");

    [Fact]
    public void The_English_file_has_the_same_page_texts_as_the_registry() =>
        Assert.All(PageTexts.English, text => Assert.Equal(text.Value, English.Texts[text.Key]));

    [Fact]
    public void A_wording_of_an_older_version_shows_English_page_texts()
    {
        var spanish = SampleCity.Opening.Governance.Wordings.Single(wording => wording.Language == "es");
        var older = spanish with { Texts = spanish.Texts.RemoveRange(PageTexts.English.Keys) };

        Assert.Equal(spanish.Say("mode.live"), older.Say("mode.live"));
        Assert.All(PageTexts.English, text => Assert.Equal(text.Value, older.TextOf(text.Key)));
        Assert.Throws<KeyNotFoundException>(() => older.Say("no-such-text"));
    }
}
