using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>What is cited exists, and a row of the City's statement cites the instrument that it is filed under.</summary>
internal static class CitationReader
{
    public static void Check(
        KnownChapters chapters,
        YamlFile technologiesFile,
        ImmutableArray<Technology> technologies,
        ImmutableArray<Instrument?> instruments,
        IEnumerable<YamlFile> files
    )
    {
        foreach (var file in files)
            ChaptersFile.Check(chapters, file);
        if (technologiesFile.Root is not YamlMap map || map["technologies"] is not YamlList list)
            return;
        foreach (var (technology, node) in technologies.Zip(list.Items))
        {
            if (
                technology?.Statement is { Governance: { } governance } statement
                && instruments.FirstOrDefault(one => one?.Id is not null && one.Id == statement.Instrument) is { Citation: { } citation }
                && ((node as YamlMap)?["statement"] as YamlMap)?["governance"] is { } at
            )
            {
                Agree(governance, citation, chapters, at, technologiesFile);
            }
        }
    }

    private static void Agree(string governance, string citation, KnownChapters chapters, YamlNode at, YamlFile file)
    {
        var stated = Citation.FindIn(governance, chapters).FirstOrDefault();
        var filed = Citation.FindIn(citation).FirstOrDefault();
        if (stated is null)
            file.Add(at, YamlNode.Quote(governance), $"words that cite {citation}");
        else if (filed is not null && chapters.Knows(stated) && !stated.MeansTheSameAs(filed))
            file.Add(
                at,
                $"the citation {YamlNode.Quote(stated.Original)}",
                $"{citation}, which the row's 'instrument' is, or another 'instrument'"
            );
    }
}
