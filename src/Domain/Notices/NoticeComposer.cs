using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Composes the content of a place's notice: first the facts, then the texts for them in each language. Pure.</summary>
public static class NoticeComposer
{
    /// <param name="covering">Every registered device of the place, with its last observation.</param>
    /// <param name="day">The day in the city whose rules apply.</param>
    /// <param name="publicUrl">The base address of the full notice, without a trailing slash.</param>
    public static NoticeContent Compose(
        Place place,
        ImmutableArray<CoveringDevice> covering,
        GovernanceSnapshot governance,
        DateOnly day,
        string publicUrl
    )
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(governance);
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var now = Body(NoticeFactComposer.Now(covering, governance.Table, day), isWorst: false);
        var worst = Body(NoticeFactComposer.Worst(covering, governance.Table, day), isWorst: true);
        return new NoticeContent(
            place.Id,
            place.Name,
            governance.City.Name,
            governance.City.IsSample,
            governance.City.NoticeValidSeconds,
            now,
            worst,
            [.. missing]
        );

        NoticeBody Body(ImmutableArray<NoticeFact> facts, bool isWorst)
        {
            var context = new NoticeContext(place, covering, facts, governance, day, publicUrl, isWorst);
            var languages = ImmutableSortedDictionary.CreateBuilder<string, NoticeText>(StringComparer.Ordinal);
            foreach (var wording in governance.Wordings)
            {
                var composer = new NoticeTextComposer(context, wording);
                languages.Add(wording.Language, composer.Compose());
                missing.UnionWith(composer.Missing);
            }

            return new NoticeBody(facts, languages.ToImmutable());
        }
    }
}

/// <summary>Everything that the texts of a notice are composed from.</summary>
internal sealed record NoticeContext(
    Place Place,
    ImmutableArray<CoveringDevice> Covering,
    ImmutableArray<NoticeFact> Facts,
    GovernanceSnapshot Governance,
    DateOnly Day,
    string PublicUrl,
    bool IsWorst
);
