using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Policies;

/// <summary>The chapters that exist, by code. A citation of any other is an error before it is posted.</summary>
/// <param name="Chapters">Code, e.g. <c>SMC</c>, and its chapters, e.g. <c>14.18</c>.</param>
public sealed record KnownChapters(ImmutableSortedDictionary<string, ImmutableArray<string>> Chapters)
{
    /// <summary>Nothing is known of any code, so every citation passes.</summary>
    public static KnownChapters None { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>Whether a citation names a known chapter; one that names no code, a chapter of any code; one of a code that is not listed passes.</summary>
    public bool Knows(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        return citation.Code is { } code
            ? !Chapters.TryGetValue(code, out var known) || known.Contains(citation.Chapter)
            : Chapters.IsEmpty || Chapters.Values.Any(chapters => chapters.Contains(citation.Chapter));
    }

    /// <summary>The chapters that a citation could have meant, in words.</summary>
    public string Listed(string? code) => string.Join("; ", Chapters.Where(known => code is null ? known.Key != Citation.Manual : known.Key == code)
        .Select(known => known.Key + " " + string.Join(", ", known.Value)));
}
