using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies.Instruments;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>The opened files of the folder <c>policies/</c>, with the problems found while it was listed.</summary>
internal sealed class PolicyFolder
{
    private readonly string _folder;
    private readonly List<FileProblem> _problems = [];
    private readonly YamlFile _cityFile;
    private readonly YamlFile _technologiesFile;
    private readonly YamlFile _chaptersFile;
    private readonly ImmutableArray<YamlFile> _instrumentFiles;
    private readonly ImmutableArray<YamlFile> _wordingFiles;

    private PolicyFolder(string folder)
    {
        _folder = folder;
        _cityFile = ReadFile("city.yaml");
        _technologiesFile = ReadFile("technologies.yaml");
        _chaptersFile = ReadFile("chapters.yaml");
        _instrumentFiles = ReadFolder("instruments", minFiles: 0); // A new city may have taken none yet.
        _wordingFiles = ReadFolder("notices", minFiles: 1);
    }

    public static PolicyFolder Open(string folder) => new(folder);

    private ImmutableArray<YamlFile> AllFiles => [_cityFile, _technologiesFile, _chaptersFile, .. _instrumentFiles, .. _wordingFiles];

    /// <summary>Reads all files, checks them against each other, and returns the governance or every problem.</summary>
    public FileReading<AdoptedPolicies> Read()
    {
        var instrumentIds = _instrumentFiles.Select(file => Path.GetFileNameWithoutExtension(file.Name)).ToHashSet(StringComparer.Ordinal);
        var city = CityFile.Read(_cityFile);
        var technologies = TechnologiesFile.Read(_technologiesFile, instrumentIds);
        var technologyIds = Ids(technologies, technology => technology?.Id);
        var departmentIds = city is null ? null : Ids(city.Departments, department => department?.Id);
        var instrumentFile = new InstrumentFile(technologyIds, departmentIds, instrumentIds);
        ImmutableArray<Instrument?> instruments = [.. _instrumentFiles.Select(instrumentFile.Read)];
        var wordingFile = new WordingFile(technologyIds, city is null || city.Languages.IsEmpty ? null : city.Languages);
        ImmutableArray<Wording?> wordings = [.. _wordingFiles.Select(wordingFile.Read)];

        var chapters = ChaptersFile.Read(_chaptersFile);
        if (chapters is not null)
            CheckCitations(chapters, technologies, instruments);
        if (city is not null)
            RequireWordingOfEachLanguage(city);

        _problems.AddRange(AllFiles.SelectMany(file => file.Problems));
        if (_problems.Count > 0)
            return FileReading<AdoptedPolicies>.From(_problems, () => null!);
        var governance = new GovernanceSnapshot(
            city!,
            new GovernanceTable(technologies, [.. instruments.Select(instrument => VersionIdentity.Complete(instrument!, []))]),
            [.. city!.Languages.Select(tag => wordings.First(wording => wording!.Language == tag)!)],
            chapters!
        );
        return FileReading<AdoptedPolicies>.From(
            ProblemsOfOpening(governance),
            () =>
                new AdoptedPolicies(governance, [.. AllFiles.Select(file => new OpeningFile(NameInCheckout(file), file.Sha256))])
                {
                    Revisions = Revisions(governance),
                }
        );
    }

    /// <summary>The revisions that the files name, by the name of the document.</summary>
    private ImmutableDictionary<string, int> Revisions(GovernanceSnapshot governance)
    {
        var technologies = (_technologiesFile.Root as YamlMap)?["technologies"] as YamlList;
        var files = AllFiles.ToDictionary(file => Path.GetRelativePath(_folder, file.Name).Replace('\\', '/'));
        return governance
            .Documents()
            .Select(document =>
                (
                    Name: document.ToString(),
                    Revision: RevisionKey.In(
                        document.Kind == DocumentKind.Technology
                            ? technologies?.Items.FirstOrDefault(item => (item as YamlMap)?["id"] is YamlText id && id.Text == document.Id)
                            : files[NameOf(document)].Root
                    )
                )
            )
            .Where(entry => entry.Revision is not null)
            .ToImmutableDictionary(entry => entry.Name, entry => entry.Revision!.Value);
    }

    /// <summary>
    /// What the registry would refuse of files that are each right by themselves. The files that are accepted here fill a registry: both
    /// must have the same rules.
    /// </summary>
    private IEnumerable<FileProblem> ProblemsOfOpening(GovernanceSnapshot governance)
    {
        PolicyDocument[] documents = [.. governance.Documents()];
        foreach (var refusal in PolicyValidator.OpeningProblems(governance))
        {
            var document = Array.Find(documents, document => IsIn(document, refusal.Where!));
            var path = PathOf(document);
            // Only the file of an instrument is one document.
            var root = document?.Kind == DocumentKind.Instrument ? AllFiles.FirstOrDefault(file => file.Name == path)?.Root : null;
            var (line, column) = RefusedNode.Find(root, refusal) is { } node ? (node.Line, node.Column) : (1, 1);
            yield return ProposalFromFiles.ToProblem(refusal, path, line, column, $" in {refusal.Where}");
        }
    }

    private static bool IsIn(PolicyDocument document, string where) =>
        where == document.ToString() || where.StartsWith(document + " ", StringComparison.Ordinal);

    private string PathOf(PolicyDocument? document) => Path.Combine(_folder, document is null ? "city.yaml" : NameOf(document));

    /// <summary>The name of the file of a document under the folder.</summary>
    public static string NameOf(PolicyDocument document) =>
        document.Kind switch
        {
            DocumentKind.City => "city.yaml",
            DocumentKind.Chapters => "chapters.yaml",
            DocumentKind.Technology => "technologies.yaml",
            DocumentKind.Wording => $"notices/{document.Id}.yaml",
            DocumentKind.Instrument => $"instruments/{document.Id}.yaml",
            _ => throw new ArgumentOutOfRangeException(nameof(document), document, null),
        };

    /// <summary>Returns the ids; null when there are none, because then their file could not be read.</summary>
    private static IReadOnlyCollection<string>? Ids<T>(ImmutableArray<T> items, Func<T, string?> id) =>
        items.IsDefaultOrEmpty ? null : [.. items.Select(id).OfType<string>()];

    private void CheckCitations(KnownChapters chapters, ImmutableArray<Technology> technologies, ImmutableArray<Instrument?> instruments)
    {
        foreach (var file in AllFiles.Where(file => file != _chaptersFile))
            CitationCheck.CheckChapters(chapters, file);
        CitationCheck.CheckStatement(chapters, _technologiesFile, technologies, instruments);
    }

    private void RequireWordingOfEachLanguage(City city)
    {
        var listed = (_cityFile.Root as YamlMap)?["languages"] as YamlList;
        foreach (var (language, node) in city.Languages.Zip(listed?.Items ?? []).Where(pair => pair.First is not null))
        {
            if (!_wordingFiles.Any(file => Path.GetFileNameWithoutExtension(file.Name) == language))
                _cityFile.Report(node, $"{YamlNode.Quote(language)} without a file", $"the file notices/{language}.yaml");
        }
    }

    /// <summary>Returns the name of a file in the checkout: the last part of the folder's path, and the path under it.</summary>
    private string NameInCheckout(YamlFile file)
    {
        var folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_folder)));
        return $"{folder}/{Path.GetRelativePath(_folder, file.Name).Replace('\\', '/')}";
    }

    private YamlFile ReadFile(string name) => YamlFile.Read(Path.Combine(_folder, name), PolicyFiles.MaxBytes);

    private ImmutableArray<YamlFile> ReadFolder(string name, int minFiles) =>
        [.. PathsIn(Path.Combine(_folder, name), minFiles).Select(path => YamlFile.Read(path, PolicyFiles.MaxBytes))];

    /// <summary>Returns the <c>.yaml</c> files of a folder, by name. Reports YAML files whose ending is not read.</summary>
    private IEnumerable<string> PathsIn(string folder, int minFiles)
    {
        string[] paths;
        try
        {
            paths = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Report(folder, "no such folder, or one that cannot be opened", "a folder with .yaml files");
            return [];
        }

        foreach (var path in paths.Where(HasSimilarExtension))
            Report(path, $"a name that ends with {Path.GetExtension(path)}", "a name that ends with .yaml: other files are not read");
        string[] yamlPaths = [.. paths.Where(path => Path.GetExtension(path) == ".yaml")];
        if (yamlPaths.Length < minFiles || yamlPaths.Length > PolicyFiles.MaxFiles)
            Report(folder, $"{yamlPaths.Length} files", $"{minFiles} to {PolicyFiles.MaxFiles} .yaml files");
        return yamlPaths.Take(PolicyFiles.MaxFiles);
    }

    /// <summary>True for <c>.yml</c>, <c>.YAML</c> and the like.</summary>
    private static bool HasSimilarExtension(string path)
    {
        var extension = Path.GetExtension(path);
        return extension != ".yaml"
            && (
                extension.Equals(".yml", StringComparison.OrdinalIgnoreCase)
                || extension.Equals(".yaml", StringComparison.OrdinalIgnoreCase)
            );
    }

    private void Report(string path, string found, string expected) => _problems.Add(new FileProblem(path, 1, 1, found, expected));
}
