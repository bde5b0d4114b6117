using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Descriptions.DescriptionPhrases;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>Describes differences between two revisions of a technology.</summary>
internal static class TechnologyDescription
{
    /// <summary>The sentence for a difference; null when there is none for that part of the document.</summary>
    public static string? Describe(Difference difference, GovernanceSnapshot names) =>
        difference.Path.AsSpan() switch
        {
            [] => $"recorded the technology for the first time: {Quoted(Read<Technology>(difference.After)!.Name.Trim())}",
            ["name"] => Text("the name", difference),
            ["retired"] => Read<bool?>(difference.After) == true ? "retired the technology" : "brought the technology back",
            ["purpose"] => Text("the purpose", difference),
            ["purposeSource"] => Changed("the source of the purpose", difference, (Source source) => Plain(PlainLanguage.For(source))),
            ["purposeSource", var field] => Source("the source of the purpose", field, difference),
            ["statement"] => Changed(
                "the row of the City’s privacy statement",
                difference,
                (StatementRow row) =>
                    $"{Quoted(row.Technology.Trim())} is governed by {Quoted(row.Governance.Trim())}, "
                    + $"meaning {Instrument(row.Instrument, names)}"
            ),
            ["statement", "technology"] => Text("the name in the City’s privacy statement", difference),
            ["statement", "governance"] => Text("what the City’s privacy statement says about its governance", difference),
            ["statement", "instrument"] => Changed(
                "the text that the City’s privacy statement refers to",
                difference,
                (string id) => Instrument(id, names)
            ),
            _ => null,
        };
}
