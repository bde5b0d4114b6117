using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>The English texts of the public search, a part of <see cref="PageTexts"/>.</summary>
internal static class SearchTexts
{
    /// <summary>Key → English text.</summary>
    public static ImmutableSortedDictionary<string, string> English { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["search.title"] = "Search",
            ["search.lead"] =
                "Find places, screens, fleets, technologies, laws and policies, and fixed devices. "
                + "A word also finds longer ones that begin with it.",
            ["search.label"] = "Search for",
            ["search.button"] = "Search",
            ["search.refused"] = "This cannot be searched for. Enter one to eight words, with at most 200 characters.",
            ["search.none"] = "Nothing is found",
            ["search.found"] = "Found: {count}",
            ["search.more"] = "More than these are found. Enter another word to narrow the search.",
            ["search.kind.place"] = "place",
            ["search.kind.screen"] = "screen",
            ["search.kind.fleet"] = "fleet",
            ["search.kind.technology"] = "technology",
            ["search.kind.instrument"] = "law or policy",
            ["search.kind.device"] = "device",
            ["search.field.name"] = "Name",
            ["search.field.address"] = "Address",
            ["search.field.area"] = "Area",
            ["search.field.id"] = "Identifier",
            ["search.field.place"] = "Place",
            ["search.field.department"] = "Department",
            ["search.field.asset-number"] = "Asset number",
            ["search.field.vendor"] = "Maker",
            ["search.field.model"] = "Model",
            ["search.field.kind"] = "Kind",
            ["search.field.citation"] = "Citation",
            ["search.field.authority"] = "Authority",
            ["search.field.title"] = "Title",
            ["search.field.text"] = "Text",
            ["search.field.purpose"] = "Purpose",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
