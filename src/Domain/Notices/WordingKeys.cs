using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>The keys that every wording file has, and the placeholders of each.</summary>
public static class WordingKeys
{
    /// <summary>
    /// The required placeholders by key. A file is refused when a key or a placeholder is missing, or when a text has another placeholder.
    /// </summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Required { get; } =
        Build(
            "list.separator",
            "list.last",
            "sentence.separator",
            "format.date",
            "format.month",
            "format.time",
            "capture.video",
            "capture.stills",
            "capture.audio",
            "capture.plates",
            "capture.faces",
            "capture.location",
            "mode.live",
            "mode.recorded",
            // One fact.
            "fact.line capture mode",
            "fact.maybe capture",
            "fact.now line technology certainty",
            "certainty.reported time",
            "certainty.silent time",
            "certainty.never",
            "certainty.unstated",
            "certainty.unconfirmed",
            "rule.line citation title date",
            "rule.undated citation title",
            "rule.none technology",
            "rule.review capture",
            "rule.review.partly capture",
            "retention.minimum days",
            "retention.limit days",
            "retention.practice days",
            "retention.until.end-of-shift",
            "retention.until.end-of-sentence",
            "retention.of text class",
            "retention.note text note",
            "retention.by text citation",
            "retention.none technology",
            // First layer.
            "retention.for technology text",
            "what.captures captures",
            "what.no-device",
            "now.no-device",
            "who.department name phone",
            "who.none",
            "access.ask portal phone days law",
            "access.exempt citation",
            "rights.ask url phone",
            "surprise.audio",
            "surprise.plates",
            "surprise.live",
            "surprise.faces",
            "more.link url",
            "version.line sequence time",
            "scope.line",
            "scope.sample",
            "not-stated",
            // Second layer.
            "second.rule citation title authority",
            "second.disagree one other",
            "second.access.open",
            "second.access.conditions",
            "second.access.exempt",
            "second.access.not-known",
            "second.devices count technology",
            "second.law citation text"
        );

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Build(params ReadOnlySpan<string> lines)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var keyAndPlaceholders = line.Split(' ');
            keys.Add(keyAndPlaceholders[0], [.. keyAndPlaceholders.Skip(1)]);
        }

        foreach (var (key, text) in PageTexts.English)
            keys.Add(key, [.. Wording.PlacesIn(text)]);
        return keys.ToImmutable();
    }
}
