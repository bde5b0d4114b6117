using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks the notice texts of one language.</summary>
internal static class WordingValidator
{
    public static void Check(Wording wording, GovernanceSnapshot governance, ProblemLocation at)
    {
        if (!governance.City.Languages.Contains(wording.Language))
            at["language"].Add(Quote(wording.Language), "a language of the city: " + string.Join(", ", governance.City.Languages));
        if (wording.Direction is not ("ltr" or "rtl"))
            at["direction"].Add(Quote(wording.Direction), "ltr or rtl");
        foreach (var (key, places) in WordingKeys.Required)
        {
            if (!wording.Texts.TryGetValue(key, out var text))
                at[key].Add("no text", "a sentence");
            else if (!Wording.PlacesIn(text).Distinct().Order().SequenceEqual(places.Order()))
                at[key]
                    .Add(
                        Quote(text),
                        places.IsEmpty
                            ? "a text without places"
                            : "a sentence with exactly " + string.Join(", ", places.Select(place => $"{{{place}}}"))
                    );
        }
    }
}
