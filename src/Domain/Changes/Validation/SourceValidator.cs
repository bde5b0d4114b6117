using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks sources, web addresses and citations.</summary>
internal static class SourceValidator
{
    public static void Check(Source source, ProblemLocation at)
    {
        if (string.IsNullOrWhiteSpace(source.Title))
            at["title"].Add("no title", "the source in words");
        CheckAddress(source.Url, at["url"]);
    }

    public static void CheckAddress(string? url, ProblemLocation at)
    {
        if (url is not null && !Source.IsLink(url))
            at.Add(ProblemLocation.Quote(url), "a web address that begins with https://");
    }

    /// <summary>Checks that every citation in a text names a known chapter.</summary>
    public static void CheckCitations(string? text, KnownReferences known, ProblemLocation at)
    {
        if (text is null)
            return;
        foreach (var citation in Citation.FindIn(text, known.Chapters).Where(citation => !known.Chapters.Knows(citation)))
            at.Add(
                $"the citation {ProblemLocation.Quote(citation.Original)}",
                "a chapter that the registry knows: " + known.Chapters.SuggestNearest(citation)
            );
    }
}
