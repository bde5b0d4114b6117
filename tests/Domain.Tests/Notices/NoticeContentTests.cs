using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Notices;

/// <summary>
/// The texts and the payload of a notice have every fact, for any rules, devices and presence.
/// </summary>
public sealed class NoticeContentTests
{
    /// <summary>The number of random cities for each property.</summary>
    private static readonly int Cities = Rounds.Of(1_000);

    private static readonly Place Lobby = new("lobby", "Lobby", "1 Main St", "the lobby");

    private static NoticeContent Compose(GovernanceSnapshot governance, ImmutableArray<CoveringDevice> covering) =>
        NoticeComposer.Compose(Lobby, covering, governance, Generators.Today, "https://city.example");

    [Fact]
    public void Every_language_names_every_capture_and_has_a_text_for_every_fact() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    foreach (var body in new[] { content.Now, content.Worst })
                    {
                        Assert.Equal(governance.Wordings.Length, body.Languages.Count);
                        foreach (var text in body.Languages.Values)
                        {
                            Assert.Equal(body.Facts.Select(fact => fact.Exceeds), text.Facts.Select(fact => fact.ExceedsLine.Length > 0));
                            var what = text.FirstLayer.Single(item => item.Item == "what").Text;
                            Assert.All(
                                body.Facts,
                                fact => Assert.Contains("capture." + Json.Word(fact.Capture), what, StringComparison.Ordinal)
                            );
                            // What is off now can be on in a second: the text names it too.
                            Assert.All(
                                content.Worst.Facts,
                                fact => Assert.Contains("capture." + Json.Word(fact.Capture), what, StringComparison.Ordinal)
                            );
                            string[] items =
                            [
                                "what",
                                "now",
                                "why",
                                "who",
                                "rule",
                                "retention",
                                "access",
                                "rights",
                                "surprise",
                                "more",
                                "area",
                                "scope",
                            ];
                            Assert.Equal(items, text.FirstLayer.Select(item => item.Item));
                            Assert.All(text.FirstLayer, item => Assert.NotEmpty(item.Text));
                        }
                    }
                },
                iter: Cities
            );

    [Fact]
    public void The_signed_payload_has_every_fact_of_now_and_of_the_worst_case() =>
        Gen.Select(Generators.Governance, Generators.Covering)
            .Sample(
                (governance, covering) =>
                {
                    var content = Compose(governance, covering);
                    using var payload = JsonDocument.Parse(NoticePayload.Write(content, governance, 7, Generators.Noon, null));
                    Assert.Equal(7, payload.RootElement.GetProperty("sequence").GetInt64());
                    Assert.Equal(Written(content.Now), Read(payload.RootElement));
                    Assert.Equal(Written(content.Worst), Read(payload.RootElement.GetProperty("worst")));

                    static string[] Written(NoticeBody body) =>
                        [
                            .. body.Facts.Select(fact =>
                                $"{fact.Technology} {Json.Word(fact.Capture)} {Json.Word(fact.Mode)} {Json.Word(fact.Certainty)}"
                            ),
                        ];
                    static string[] Read(JsonElement body) =>
                        [
                            .. body.GetProperty("facts")
                                .EnumerateArray()
                                .Select(fact =>
                                    string.Join(
                                        ' ',
                                        new[] { "technology", "capture", "mode", "certainty" }.Select(name =>
                                            fact.GetProperty(name).GetString()
                                        )
                                    )
                                ),
                        ];
                },
                iter: Cities
            );
}
