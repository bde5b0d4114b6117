using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>
/// Says which versions a revision corrects: what it says of them changes for all of their time. A reader must not take a correction for an
/// amendment.
/// </summary>
public static class CorrectionDescription
{
    /// <summary>
    /// A sentence for each version whose terms or first day differ; empty when the revision only adds versions, or ends them.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    /// <param name="today">The day of the change. A version that begins later has no past to correct.</param>
    public static ImmutableArray<string> Sentences(PolicyDocument? before, PolicyDocument after, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(after);
        if (before is null || after.Kind != DocumentKind.Instrument)
            return [];
        var corrected = Difference.Between(before, after).Where(IsOfTerms).Select(difference => difference.Path[1]).ToHashSet();
        return
        [
            .. before
                .Value<Instrument>()
                .Versions.Where(version => corrected.Contains(version.Id) && version.Effective.EarliestPossibleStart <= today)
                .Select(version => Sentence(version, after.Value<Instrument>())),
        ];
    }

    private static string Sentence(InstrumentVersion version, Instrument after)
    {
        var number = after.Versions.FirstOrDefault(other => other.Id == version.Id)?.Number ?? version.Number;
        var start = version.Effective.From is { } from ? $", from {PlainLanguage.Date(from)} on" : "";
        return $"This corrects version {PlainLanguage.Number(number)} for all of its time{start}: "
            + "what the registry says of the past changes too.";
    }

    /// <summary>Notes for readers, and who keeps a rule correct, are no terms of law.</summary>
    private static bool IsOfTerms(Difference difference) =>
        difference.Path.AsSpan() switch
        {
            ["versions", _, "rules"] => true,
            ["versions", _, "rules", _] => true,
            ["versions", _, "rules", _, "note" or "owner" or "reviewBy"] => false,
            ["versions", _, "rules", _, ..] => true,
            ["versions", _, "effective", "from" or "fromNotBefore" or "fromKnownBy" or "condition"] => true,
            _ => false,
        };
}
