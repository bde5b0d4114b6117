using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>Checks that citations name known chapters, and that rows of the City's statement cite the instrument they name.</summary>
internal static class CitationCheck
{
    /// <summary>Reports every citation, in any text of a file, that names no known chapter.</summary>
    public static void CheckChapters(KnownChapters chapters, YamlFile file)
    {
        if (file.Root is { } root)
            CheckChapters(chapters, root, file);
    }

    /// <summary>Reports each row of the City's statement whose text cites another instrument than the one in <c>instrument</c>.</summary>
    public static void CheckStatement(
        KnownChapters chapters,
        YamlFile technologiesFile,
        ImmutableArray<Technology> technologies,
        ImmutableArray<Instrument?> instruments
    )
    {
        if (technologiesFile.Root is not YamlMap map || map["technologies"] is not YamlList list)
            return;
        foreach (var (technology, node) in technologies.Zip(list.Items))
        {
            if (
                technology?.Statement is { Governance: { } governance } statement
                && instruments.FirstOrDefault(item => item?.Id is not null && item.Id == statement.Instrument) is { Citation: { } citation }
                && ((node as YamlMap)?["statement"] as YamlMap)?["governance"] is { } position
            )
            {
                RequireSameCitation(governance, citation, chapters, position, technologiesFile);
            }
        }
    }

    private static void CheckChapters(KnownChapters chapters, YamlNode node, YamlFile file)
    {
        switch (node)
        {
            case YamlText text:
                foreach (var citation in Citation.FindIn(text.Text, chapters).Where(citation => !chapters.Knows(citation)))
                    file.Report(
                        text,
                        $"the citation {YamlNode.Quote(citation.Original)}",
                        "a chapter of chapters.yaml: " + chapters.SuggestNearest(citation)
                    );
                break;
            case YamlList list:
                foreach (var item in list.Items)
                    CheckChapters(chapters, item, file);
                break;
            case YamlMap map:
                foreach (var (_, value) in map.Entries.Where(entry => entry.Key.Text != "url"))
                    CheckChapters(chapters, value, file);
                break;
        }
    }

    private static void RequireSameCitation(string governance, string citation, KnownChapters chapters, YamlNode position, YamlFile file)
    {
        var stated = Citation.FindIn(governance, chapters).FirstOrDefault();
        var ofInstrument = Citation.FindIn(citation).FirstOrDefault();
        if (stated is null)
            file.Report(position, YamlNode.Quote(governance), $"words that cite {citation}");
        else if (ofInstrument is not null && chapters.Knows(stated) && !stated.MeansTheSameAs(ofInstrument))
            file.Report(
                position,
                $"the citation {YamlNode.Quote(stated.Original)}",
                $"{citation}, which the row's 'instrument' is, or another 'instrument'"
            );
    }
}
