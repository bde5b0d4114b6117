using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Composes what a place's notice says: facts first, then the words of each language for them. Pure.</summary>
public static class NoticeComposer
{
    /// <param name="covering">Every registered device of the place, with the last that is known of it.</param>
    /// <param name="day">The day in the city whose rules hold.</param>
    /// <param name="publicUrl">Where the full notice is found, without a trailing slash.</param>
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
        var now = Face(NoticeFactComposer.Now(covering, governance.Table, day), isWorst: false);
        var worst = Face(NoticeFactComposer.Worst(covering, governance.Table, day), isWorst: true);
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

        NoticeBody Face(ImmutableArray<NoticeFact> facts, bool isWorst)
        {
            var scene = new NoticeContext(place, covering, facts, governance, day, publicUrl, isWorst);
            var languages = ImmutableSortedDictionary.CreateBuilder<string, NoticeText>(StringComparer.Ordinal);
            foreach (var wording in governance.Wordings)
            {
                var words = new NoticeTextComposer(scene, wording);
                languages.Add(wording.Language, words.Text());
                missing.UnionWith(words.Missing);
            }

            return new NoticeBody(facts, languages.ToImmutable());
        }
    }
}

/// <summary>All that the words of a notice are drawn from.</summary>
internal sealed record NoticeContext(
    Place Place,
    ImmutableArray<CoveringDevice> Covering,
    ImmutableArray<NoticeFact> Facts,
    GovernanceSnapshot Governance,
    DateOnly Day,
    string PublicUrl,
    bool IsWorst
);
