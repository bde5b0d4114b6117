using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SurveillanceRegistry.Domain.Changes.Descriptions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>
/// One difference between two revisions of a document in plain English:
/// <c>changed the retention limit from 90 days to 21 days (patrol reads)</c>.
/// </summary>
/// <param name="Where">The part of the document, e.g. <c>Version 1, from February 1, 2019, for Automatic License Plate Readers</c>; null
/// for the whole document.</param>
/// <param name="What">What was changed.</param>
public sealed record ChangeDescription(Difference Difference, string? Where, string What)
{
    /// <summary>
    /// Whether it only says that a version was added, beside its terms, or that the one before it ends then. A headline does not count it.
    /// </summary>
    public bool IsOfOrder { get; init; }

    /// <summary>
    /// Describes every difference in at least one sentence: first the versions that were added, by their terms, then the others in the
    /// order of the document.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    /// <param name="names">The source of the names of technologies, texts and departments.</param>
    public static ImmutableArray<ChangeDescription> Describe(PolicyDocument? before, PolicyDocument after, GovernanceSnapshot names)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(names);
        var differences = Difference.Between(before, after);
        return
        [
            .. differences
                .OrderBy(difference => AddedVersion(difference, after) is null)
                .SelectMany(difference => Describe(difference, before, after, names))
                .Select(sentence =>
                    IsEndBeforeAdded(sentence.Difference, differences, after) ? sentence with { IsOfOrder = true }
                    : CarriedFrom(sentence.Difference, differences, after) is { } added
                        ? sentence with
                        {
                            What = $"{sentence.What}, which goes on from version {PlainLanguage.Number(added.Number)}",
                            IsOfOrder = true,
                        }
                    : sentence
                ),
        ];
    }

    /// <summary>The added version from which a later one takes over the term that a difference is about; null when there is none.</summary>
    private static InstrumentVersion? CarriedFrom(Difference difference, IEnumerable<Difference> all, PolicyDocument after)
    {
        if (
            after.Kind != DocumentKind.Instrument
            || difference is not { Path: ["versions", var key, "rules", var technology, .. [_, ..] member], Before: not null }
            || FindVersion(after, key) is not { } version
            || version.RuleFor(technology) is not { } rule
        )
            return null;
        return all.Select(other => AddedVersion(other, after))
            .OfType<InstrumentVersion>()
            .Where(added => added.Number < version.Number && added.Effective.From is not null)
            .OrderByDescending(added => added.Number)
            .FirstOrDefault(added =>
                added.RuleFor(technology) is { } earlier
                && !Difference.BetweenValues(earlier, rule).Any(other => other.Path.AsSpan().StartsWith(member.AsSpan()))
            );
    }

    private static bool IsEndBeforeAdded(Difference difference, IEnumerable<Difference> all, PolicyDocument after) =>
        after.Kind == DocumentKind.Instrument
        && difference is { Path: ["versions", _, "effective", "to"], After: { } end }
        && LawDate.TryParse(end.Trim('"'), out var day)
        && all.Any(other => AddedVersion(other, after)?.Effective.From == day);

    /// <summary>Describes one difference in at least one sentence.</summary>
    /// <param name="before">Null for a document that did not exist.</param>
    public static IEnumerable<ChangeDescription> Describe(
        Difference difference,
        PolicyDocument? before,
        PolicyDocument after,
        GovernanceSnapshot names
    )
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(after);
        return AddedVersion(difference, after) is { } version
            ? Added(difference, version, before, after, names)
            : [new(difference, Location(difference, before, after, names), Describe(difference, after, names))];
    }

    private static IEnumerable<ChangeDescription> Added(
        Difference difference,
        InstrumentVersion version,
        PolicyDocument? before,
        PolicyDocument after,
        GovernanceSnapshot names
    ) =>
        AddedVersionDescription
            .Describe(version, after.Value<Instrument>(), before?.Value<Instrument>().Versions ?? [], names)
            .Select(sentence => new ChangeDescription(difference, sentence.Where, sentence.What) { IsOfOrder = sentence.Where is null });

    /// <summary>The version that a difference adds; null when it adds none.</summary>
    private static InstrumentVersion? AddedVersion(Difference difference, PolicyDocument after) =>
        after.Kind == DocumentKind.Instrument && difference is { Path: ["versions", var key], Before: null }
            ? FindVersion(after, key)
            : null;

    /// <summary>The sentence with the basis of the change: <c>…, under Laws of 2026, ch. 239</c>.</summary>
    public string WithBasis(Source? source) => source is null ? ToString() : $"{this}, under {DescriptionPhrases.Plain(source.Title)}";

    public override string ToString() => Where is null ? What : $"{Where}: {What}";

    private static string? Location(Difference difference, PolicyDocument? before, PolicyDocument after, GovernanceSnapshot names)
    {
        if (after.Kind != DocumentKind.Instrument || difference.Path is not ["versions", var key, _, ..])
            return null;
        var version = FindVersion(after, key) ?? FindVersion(before, key);
        var location =
            $"Version {version?.Number.ToString(CultureInfo.InvariantCulture) ?? key}"
            + (version?.Effective.From is { } from ? $", from {PlainLanguage.Date(from)}" : "");
        return difference.Path is [_, _, "rules", var technology, _, ..]
            ? $"{location}, for {DescriptionPhrases.Technology(technology, names)}"
            : location;
    }

    /// <param name="key">The identity of the version; its number in a document without identities.</param>
    private static InstrumentVersion? FindVersion(PolicyDocument? document, string key)
    {
        try
        {
            return document
                ?.Value<Instrument>()
                .Versions.FirstOrDefault(version =>
                    version.Id == key || string.IsNullOrEmpty(version.Id) && version.Number.ToString(CultureInfo.InvariantCulture) == key
                );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(Difference difference, PolicyDocument document, GovernanceSnapshot names)
    {
        try
        {
            var description = document.Kind switch
            {
                DocumentKind.Instrument => InstrumentDescription.Describe(difference, names),
                DocumentKind.Technology => TechnologyDescription.Describe(difference, names),
                DocumentKind.Wording => WordingDescription.Describe(difference, document),
                DocumentKind.City => CityDescription.Describe(difference),
                DocumentKind.Chapters => CityDescription.DescribeChapters(difference),
                _ => throw new ArgumentOutOfRangeException(nameof(document), document.Kind, null),
            };
            return string.IsNullOrEmpty(description) ? DescriptionPhrases.Fallback(difference) : description;
        }
        catch (JsonException)
        {
            // Another version of this program recorded the revision, in a form that this one does not know.
            return DescriptionPhrases.Fallback(difference);
        }
    }
}
