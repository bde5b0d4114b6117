using System.Text.RegularExpressions;
using CsCheck;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>
/// No public text promises that something is not captured. The registry knows what registered devices can capture and what they report;
/// of everything else it knows nothing.
/// </summary>
public sealed partial class NegativePromiseTests
{
    /// <summary>Texts with a negation beside a capture that promise nothing about a device, each with its reason.</summary>
    private static readonly Dictionary<string, string> Reviewed = new(StringComparer.Ordinal)
    {
        ["device.not-active"] = "what is allowed, not what is done",
        ["retention.none"] = "that the City has not published a limit",
        ["technology.non-auditory-camera-system"] = "the name that the City's own list gives this technology",
    };

    private static IEnumerable<Wording> Wordings => SampleCity.Opening.Governance.Wordings;

    /// <summary>The parts of a text that can be read alone.</summary>
    private static string[] Statements(string text) => Separator().Split(text);

    private static bool IsPromise(string language, string statement) =>
        (language == "es" ? SpanishPromise() : EnglishPromise()).IsMatch(statement) && !Possibility().IsMatch(statement);

    [Fact]
    public void No_text_of_notices_pages_and_screens_promises_that_nothing_is_captured() =>
        Assert.All(
            Wordings.SelectMany(wording => wording.Texts, (wording, text) => (wording.Language, text.Key, text.Value)),
            text =>
            {
                if (!Reviewed.ContainsKey(text.Key))
                    Assert.DoesNotContain(Statements(text.Value), statement => IsPromise(text.Language, statement));
            }
        );

    [Fact]
    public void No_wording_key_exists_for_a_capture_that_is_absent() =>
        Assert.Equal(
            [
                "fact.line",
                "fact.maybe",
                "fact.now",
                "now.no-device",
                "now.off",
                "surprise.audio",
                "surprise.can",
                "surprise.faces",
                "surprise.live",
                "surprise.not-heard",
                "surprise.plates",
                "view.also.live",
                "view.also.maybe",
                "view.can.many",
                "view.can.one",
                "view.live.many",
                "view.live.one",
                "view.maybe.many",
                "view.maybe.one",
                "view.no-device",
                "view.off",
                "view.recorded.many",
                "view.recorded.one",
                "view.state",
                "view.state.can",
                "view.state.live",
                "view.state.maybe",
                "view.state.recorded",
                "what.captures",
                "what.no-device",
                "what.off",
            ],
            WordingKeys.Required.Keys.Where(IsOfCaptures)
        );

    private static bool IsOfCaptures(string key) =>
        key.Split('.') switch
        {
            ["fact" or "now" or "surprise" or "what", ..] => true,
            ["view", "also" or "can" or "live" or "maybe" or "no-device" or "off" or "recorded" or "state", ..] => true,
            _ => false,
        };

    [Fact]
    public void No_notice_of_any_city_promises_that_nothing_is_captured() =>
        SampleNoticesTests
            .AnyDevice.Array[0, 6]
            .Sample(
                devices =>
                {
                    var content = SampleNoticesTests.Compose(devices);
                    foreach (var (language, text) in content.Now.Languages.Concat(content.Worst.Languages))
                    {
                        var reviewed = Wordings
                            .Single(wording => wording.Language == language)
                            .Texts.Where(known => Reviewed.ContainsKey(known.Key))
                            .SelectMany(known => Statements(known.Value))
                            .Where(statement => statement.Length > 0)
                            .ToArray();
                        Assert.DoesNotContain(
                            SampleNoticesTests.Sentences(text).SelectMany(Statements),
                            statement => IsPromise(language, statement) && !reviewed.Contains(statement)
                        );
                    }
                },
                iter: Rounds.Of(300)
            );

    [Fact]
    public void No_public_page_promises_in_its_own_text_that_nothing_is_captured()
    {
        var pages = Directory
            .GetFiles(Path.Combine(SampleCity.Root, "src/Web"), "*.cshtml", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Staff/", StringComparison.Ordinal));
        var texts = pages.SelectMany(file => Markup().Split(File.ReadAllText(file)), (file, text) => (File: Path.GetFileName(file), text));
        Assert.All(texts, page => Assert.DoesNotContain(Statements(page.text), statement => IsPromise("en", statement)));
    }

    [Theory]
    [InlineData("en", "No City device registered here reports sound")]
    [InlineData("en", "live, not stored")]
    [InlineData("en", "Nothing is recorded here")]
    [InlineData("es", "Ningún dispositivo registrado aquí informa que capte sonido")]
    [InlineData("es", "en vivo, sin almacenamiento")]
    public void The_promises_of_older_versions_are_recognized(string language, string statement) =>
        Assert.True(IsPromise(language, statement));

    [GeneratedRegex(@"[.;:](?:\s|$)")]
    private static partial Regex Separator();

    [GeneratedRegex(
        @"\b(no|not|never|nothing|none|without|neither|nor)\b.*\b(record|captur|stor|listen|film|watch|sound|audio|video|image|microphone)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex EnglishPromise();

    [GeneratedRegex(
        @"\b(no|ning[uú]n\w*|nunca|nada|nadie|sin|tampoco|ni)\b.*\b(grab|capt|almacen|escuch|sonido|audio|video|imagen|micrófono)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex SpanishPromise();

    /// <summary>A statement that something may be recorded promises the contrary.</summary>
    [GeneratedRegex(@"\bmay\b|es posible|\bpuede\b", RegexOptions.IgnoreCase)]
    private static partial Regex Possibility();

    [GeneratedRegex(@"<[^>]*>|@\*.*?\*@", RegexOptions.Singleline)]
    private static partial Regex Markup();
}
