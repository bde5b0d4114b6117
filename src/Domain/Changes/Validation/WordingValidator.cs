using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Notices.Texts;
using SurveillanceRegistry.Domain.Policies.Documents;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks the notice texts of one language, as their file is checked.</summary>
internal static class WordingValidator
{
    public static void Check(Wording wording, GovernanceSnapshot governance, KnownReferences known, ProblemLocation at)
    {
        if (!governance.City.Languages.Contains(wording.Language))
            at["language"].Add(Quote(wording.Language), "a language of the city: " + string.Join(", ", governance.City.Languages));
        if (wording.Direction is not ("ltr" or "rtl"))
            at["direction"].Add(Quote(wording.Direction), "ltr or rtl");
        foreach (var (key, places) in WordingKeys.Required.Where(required => !wording.Texts.ContainsKey(required.Key)))
            at[key].Add("no text", places.IsEmpty ? "a text" : "a sentence with " + TextCheck.InBraces(places));
        foreach (var (key, text) in wording.Texts)
        {
            // A key of an older version of the registry stays, with its text: nothing shows it.
            if (TextCheck.IsKnown(key, known.Technologies))
                CheckText(key, text, at[key]);
            else if (!known.HasText(wording.Language, key))
                at[key].Add($"the unknown key {Quote(key)}", TextCheck.ExpectedKey);
        }
    }

    private static void CheckText(string key, string text, ProblemLocation at)
    {
        if (string.IsNullOrWhiteSpace(text) && !TextCheck.IsSeparator(key))
            at.Add("a blank text", "a text, in words");
        foreach (var (found, expected) in TextCheck.Problems(key, text))
            at.Add(found, expected);
    }
}
