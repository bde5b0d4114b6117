using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Descriptions.DescriptionPhrases;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>Describes differences between two revisions of the notice texts in one language.</summary>
internal static class WordingDescription
{
    /// <summary>The sentence for a difference; null when there is none for that part of the document.</summary>
    public static string? Describe(Difference difference, PolicyDocument document) =>
        difference.Path.AsSpan() switch
        {
            [] => $"recorded the notice texts in {Language(document.Id)} for the first time: "
                + PlainLanguage.Count(Read<Wording>(difference.After)!.Texts.Count, "text"),
            ["direction"] => Changed(
                "the direction in which notices are written",
                difference,
                (string direction) => direction == "rtl" ? "right to left" : "left to right"
            ),
            ["reviewed"] => Read<bool>(difference.After)
                ? "recorded that a qualified person has reviewed the texts"
                : "recorded that no qualified person has reviewed the texts",
            ["texts", var key] => Text($"the notice text {Quoted(key)} in {Language(document.Id)}", difference),
            _ => null,
        };
}
