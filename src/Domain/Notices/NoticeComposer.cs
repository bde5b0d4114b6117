using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Notices.Texts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Composes the content of a place's notice: first the facts, then the texts for them in each language. Pure.</summary>
public static class NoticeComposer
{
    /// <param name="covering">Every registered device of the place, with its last observation.</param>
    /// <param name="day">The day in the city whose rules apply.</param>
    /// <param name="publicUrl">The base address of the full notice, without a trailing slash.</param>
    /// <param name="fleets">The fleets of mobile devices whose people work from the place.</param>
    public static NoticeContent Compose(
        Place place,
        ImmutableArray<CoveringDevice> covering,
        GovernanceSnapshot governance,
        DateOnly day,
        string publicUrl,
        ImmutableArray<PlaceFleet> fleets = default
    )
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(governance);
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        if (fleets.IsDefault)
            fleets = [];
        var possible = NoticeFactComposer.Worst(covering, fleets, governance.Table, day);
        var now = Body(NoticeFactComposer.Now(covering, fleets, governance.Table, day), isWorst: false);
        var worst = Body(possible, isWorst: true);
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
            var context = new NoticeContext(place, covering, fleets, facts, possible, governance, day, publicUrl, isWorst);
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
