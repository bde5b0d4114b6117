using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp;
using AngleSharp.Dom;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using Capture = SurveillanceRegistry.Domain.Devices.Capture;

namespace SurveillanceRegistry.Web.Tests.Languages;

/// <summary>
/// A third language is added by files alone: its tag in <c>city.yaml</c> and a file under <c>notices/</c>. Every letter of its texts is
/// outside ASCII, so that any word of another language on a page is seen.
/// </summary>
public sealed partial class LanguageByFilesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Language = "fr";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "languages-" + Guid.NewGuid().ToString("n"));
    private SampleCity _city = null!;
    private HashSet<string> _names = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var original = new SampleCity();
        Copy(original.Policies, _folder);
        var city = Path.Combine(_folder, "city.yaml");
        var text = await File.ReadAllTextAsync(city, Cancellation);
        Assert.Contains("languages: [en, es]", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(city, text.Replace("[en, es]", $"[en, es, {Language}]", StringComparison.Ordinal), Cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "notices", Language + ".yaml"),
            Translated(original.Opening.Governance),
            Cancellation
        );
        _city = new SampleCity { Policies = _folder };
        await _city.InitializeAsync();
        _names = Names();
    }

    public async ValueTask DisposeAsync()
    {
        await _city.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_page_of_every_place_has_no_word_of_another_language()
    {
        foreach (var place in _city.Opening.Places)
            await HasNoOtherLanguage("/places/" + place.Id);
    }

    [Fact]
    public async Task The_page_of_every_fixed_device_has_no_word_of_another_language()
    {
        foreach (var device in _city.Opening.Devices.Where(device => !device.KindOf.IsMobile))
            await HasNoOtherLanguage("/devices/" + device.Id);
    }

    [Theory]
    [InlineData("2026-01-15T14:05")]
    [InlineData("2026-03-08T02:30")]
    [InlineData("2030-01-01T00:00")]
    [InlineData("99")]
    public async Task An_answer_about_a_time_has_no_word_of_another_language(string at) =>
        await HasNoOtherLanguage("/devices/east-precinct-lobby-1", "&at=" + at);

    [Fact]
    public async Task A_screen_has_no_word_of_another_language_whatever_its_state()
    {
        await using var glass = await chromium.Glass();
        var page = await glass.NewPageAsync();
        await page.Clock.InstallAsync(new() { TimeDate = _city.Time.GetUtcNow().UtcDateTime });
        await page.Clock.PauseAtAsync(_city.Time.GetUtcNow().UtcDateTime.AddSeconds(1));
        var audio = default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Recorded);
        var notice = _city.Notice(
            SampleCity.Lobby,
            1,
            _city.Key,
            ("facility-camera", [Capture.Video, Capture.Audio], audio),
            ("traffic-camera", [Capture.Video], null)
        );
        var network = await KioskNetwork.To(page, _city, notice);

        network.IsCut();
        await page.GotoAsync($"{_city.Url}/kiosks/{SampleCity.LobbyKiosk}?lang={Language}");
        await Expect(page.Locator("[data-part=nothing]")).Not.ToBeEmptyAsync();
        await IsTranslated("never confirmed");

        network.Carries(notice);
        await page.Clock.RunForAsync(20_000);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "current");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", Language);
        await IsTranslated("current");

        network.IsCut();
        await page.Clock.FastForwardAsync(91_000);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-state", "unconfirmed");
        await IsTranslated("unconfirmed");

        async Task IsTranslated(string state) => HasNoOtherLanguage(state, await Open(await page.ContentAsync()));
    }

    private async Task HasNoOtherLanguage(string address, string query = "")
    {
        using var answer = await _city.Reader.GetAsync($"{address}?lang={Language}{query}", Cancellation);
        var page = await Open(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(Language, page.DocumentElement.GetAttribute("lang"));
        HasNoOtherLanguage(address + query, page);
    }

    /// <summary>Compares with every English text, and allows no other ASCII word than those of names, citations and dates.</summary>
    private void HasNoOtherLanguage(string name, IDocument page)
    {
        var text = Visible(page);
        var pieces =
            from english in _city.Opening.Governance.Wordings.Single(wording => wording.Language == "en").Texts
            from piece in PlaceInText().Split(english.Value).Select(piece => piece.Trim(' ', '.', ':', ',', ';', '(', ')'))
            where piece.Length > 3 && !_names.IsSupersetOf(Words(piece))
            select (english.Key, piece);
        foreach (var (key, piece) in pieces)
            Assert.False(Regex.IsMatch(text, $@"\b{Regex.Escape(piece)}\b"), $"{name} has the English text of '{key}': {piece}");
        var foreign = Words(text).Where(word => !_names.Contains(word)).Distinct().ToArray();
        Assert.True(foreign.Length == 0, $"{name} has words of no wording file: {string.Join(", ", foreign)}");
    }

    /// <summary>What a reader sees or hears in the page's language: its text and the attributes that are read out.</summary>
    private static string Visible(IDocument page)
    {
        foreach (var element in page.QuerySelectorAll($"script, style, symbol, code, body [lang]:not([lang={Language}])").ToArray())
            element.Remove();
        var text = new StringBuilder(page.Title).AppendLine();
        foreach (var node in page.Body!.Descendants<IText>())
            text.AppendLine(node.Text);
        foreach (var attribute in new[] { "aria-label", "alt", "title", "data-label", "placeholder" })
        {
            foreach (var element in page.QuerySelectorAll($"[{attribute}]"))
                text.AppendLine(element.GetAttribute(attribute));
        }

        return text.ToString();
    }

    /// <summary>Words of data that no language changes: names, addresses, ids, citations and titles of texts of law, and dates.</summary>
    private HashSet<string> Names()
    {
        var (governance, inventory) = (_city.Opening.Governance, _city.Opening);
        string[] data =
        [
            JsonSerializer.Serialize(governance.City, Domain.Json.Options),
            .. governance.Table.Instruments.SelectMany(instrument =>
                instrument.Versions.Select(version => version.Title).Append($"{instrument.Citation} {instrument.Authority} {instrument.Id}")
            ),
            .. governance.Table.Instruments.SelectMany(instrument =>
                instrument.Versions.SelectMany(version => version.Rules).Select(rule => rule.RecordsAccess.Text ?? "")
            ),
            .. inventory.Devices.Select(device => device.Id),
            .. inventory.Places.Select(place => JsonSerializer.Serialize(place, Domain.Json.Options)),
            .. inventory.Kiosks.Select(kiosk => kiosk.Id),
            "SHA UTC AM PM http JSON",
            "Français",
            .. CultureInfo.GetCultureInfo(Language).DateTimeFormat.MonthNames,
            .. CultureInfo.GetCultureInfo(Language).DateTimeFormat.AbbreviatedMonthNames,
        ];
        return [.. data.SelectMany(Words)];
    }

    private static IEnumerable<string> Words(string text) => AsciiWord().Matches(Hash().Replace(text, "")).Select(match => match.Value);

    /// <summary>The file of the language: the English texts with every letter changed, and the patterns of dates as they are.</summary>
    private static string Translated(GovernanceSnapshot governance)
    {
        var english = governance.Wordings.Single(wording => wording.Language == "en");
        var file = new StringBuilder($"language: {Language}\ndirection: ltr\nreviewed: false\ntexts:\n");
        foreach (var (key, text) in english.Texts)
        {
            var translated = key.StartsWith("format.", StringComparison.Ordinal) ? text : Accented(text);
            file.Append("  ").Append(key).Append(": ").AppendLine(JsonSerializer.Serialize(translated));
        }

        return file.ToString();
    }

    /// <summary>Moves every letter outside braces to the Greek alphabet.</summary>
    private static string Accented(string text)
    {
        var isPlace = false;
        return string.Concat(
            text.Select(character =>
            {
                isPlace = character == '{' || isPlace && character != '}';
                return !isPlace && char.IsAsciiLetter(character) ? (char)('α' + (char.ToLowerInvariant(character) - 'a') % 17) : character;
            })
        );
    }

    private static async Task<IDocument> Open(string html) =>
        await BrowsingContext.New().OpenAsync(request => request.Content(html), Cancellation);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex(@"\b[0-9a-f]{12,}\b")]
    private static partial Regex Hash();

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex AsciiWord();

    [GeneratedRegex(@"\{[a-z-]+\}")]
    private static partial Regex PlaceInText();
}
