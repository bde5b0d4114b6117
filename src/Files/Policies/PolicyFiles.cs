using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>What the files under <c>policies/</c> say, and the hash of each.</summary>
public sealed record AdoptedPolicies(GovernanceSnapshot Governance, ImmutableArray<OpeningFile> Files);

/// <summary>
/// Reads the folder <c>policies/</c>: <c>city.yaml</c>, <c>technologies.yaml</c>, <c>chapters.yaml</c>, <c>instruments/</c> and
/// <c>notices/</c>. Lists every error there is; nothing is taken from files that hold one.
/// </summary>
public static class PolicyFiles
{
    /// <summary>The largest policy file that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The most files that are read of one folder.</summary>
    public const int MaxFiles = 1000;

    /// <summary>Reads the folder.</summary>
    /// <param name="folder">The folder <c>policies/</c> of a city.</param>
    public static FileReading<AdoptedPolicies> Read(string folder)
    {
        var problems = new List<FileProblem>();
        YamlFile One(string name) => YamlFile.Read(Path.Combine(folder, name), MaxBytes);
        ImmutableArray<YamlFile> Every(string name) =>
            [.. Names(Path.Combine(folder, name), problems).Select(path => YamlFile.Read(path, MaxBytes))];

        var (cityFile, technologiesFile, chaptersFile) = (One("city.yaml"), One("technologies.yaml"), One("chapters.yaml"));
        var (instrumentFiles, wordingFiles) = (Every("instruments"), Every("notices"));
        ImmutableArray<YamlFile> all = [cityFile, technologiesFile, chaptersFile, .. instrumentFiles, .. wordingFiles];

        var ids = instrumentFiles.Select(file => Path.GetFileNameWithoutExtension(file.Name)).ToHashSet(StringComparer.Ordinal);
        var city = CityFile.Read(cityFile);
        var technologies = TechnologiesFile.Read(technologiesFile, ids);
        var technologyIds = Ids(technologies, technology => technology?.Id);
        var instrumentFile = new InstrumentFile(
            technologyIds,
            city is null ? null : Ids(city.Departments, department => department?.Id),
            ids
        );
        ImmutableArray<Instrument?> instruments = [.. instrumentFiles.Select(instrumentFile.Read)];
        var wordingFile = new WordingFile(technologyIds, city is null || city.Languages.IsEmpty ? null : city.Languages);
        ImmutableArray<Wording?> wordings = [.. wordingFiles.Select(wordingFile.Read)];

        var chapters = ChaptersFile.Read(chaptersFile);
        if (chapters is not null)
            CitationReader.Check(chapters, technologiesFile, technologies, instruments, all.Except([chaptersFile]));
        if (city is not null)
            EachLanguageHasWords(city, cityFile, wordingFiles);

        return FileReading<AdoptedPolicies>.From(
            problems.Concat(all.SelectMany(file => file.Problems)),
            () =>
                new AdoptedPolicies(
                    new GovernanceSnapshot(
                        city!,
                        new GovernanceTable(technologies, [.. instruments!]),
                        [.. city!.Languages.Select(tag => wordings.First(wording => wording!.Language == tag)!)],
                        chapters!
                    ),
                    [.. all.Select(file => new OpeningFile(NameUnder(folder, file.Name), file.Sha256))]
                )
        );
    }

    /// <summary>What a folder says otherwise than the registry does, with what the registry would have against it as problems.</summary>
    /// <param name="folder">The folder <c>policies/</c> of a city.</param>
    public static FileReading<ProposalFromFiles> Compare(string folder, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var reading = Read(folder);
        if (reading.Value?.Governance is not { } governance)
            return new(null, reading.Problems);
        PolicyDocument[] whole = [.. governance.Documents()];
        return ProposalFromFiles
            .Create(whole, history)
            .Beside(whole, history)
            .Checked(history, refusal => ProposalFromFiles.Problem(refusal, folder, 1, 1, Read(refusal)));
    }

    /// <summary>What the file of one instrument says otherwise than the registry does.</summary>
    /// <param name="path">A file as under <c>instruments/</c>, named by its id.</param>
    public static FileReading<ProposalFromFiles> CompareInstrument(string path, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var (file, known) = (YamlFile.Read(path, MaxBytes), history.Current);
        string[] instruments = [.. known.Table.Instruments.Select(one => one.Id), Path.GetFileNameWithoutExtension(path)];
        var instrument = new InstrumentFile(
            [.. known.Table.Technologies.Select(one => one.Id)],
            [.. known.City.Departments.Select(one => one.Id)],
            instruments
        ).Read(file);
        ChaptersFile.Check(known.Chapters, file);
        return file.Problems.Count > 0
            ? FileReading<ProposalFromFiles>.From(file.Problems, () => null!)
            : ProposalFromFiles
                .Create([PolicyDocument.For(instrument!)], history)
                .Checked(history, refusal => ProposalFromFiles.Problem(refusal, path, 1, 1, Read(refusal)));
    }

    private static string Read(Refusal refusal) => refusal.Where is { } where ? $" in {where}" : "";

    /// <summary>The name of a file under the checkout: the last part of the folder, and what follows it.</summary>
    private static string NameUnder(string folder, string path) =>
        $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}/{Path.GetRelativePath(folder, path).Replace('\\', '/')}";

    private static IReadOnlyCollection<string>? Ids<T>(ImmutableArray<T> items, Func<T, string?> id) =>
        items.IsDefaultOrEmpty ? null : [.. items.Select(id).OfType<string>()];

    /// <summary>The files of a folder, in the order of names. What would be passed over unseen is a problem.</summary>
    private static IEnumerable<string> Names(string folder, List<FileProblem> problems)
    {
        string[] paths;
        try
        {
            paths = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(new FileProblem(folder, 1, 1, "no such folder, or one that cannot be opened", "a folder with .yaml files"));
            return [];
        }

        foreach (
            var path in paths.Where(path =>
                Path.GetExtension(path) is var end and not ".yaml"
                && (end.Equals(".yml", StringComparison.OrdinalIgnoreCase) || end.Equals(".yaml", StringComparison.OrdinalIgnoreCase))
            )
        )
            problems.Add(
                new FileProblem(
                    path,
                    1,
                    1,
                    $"a name that ends with {Path.GetExtension(path)}",
                    "a name that ends with .yaml: other files are not read"
                )
            );
        string[] read = [.. paths.Where(path => Path.GetExtension(path) == ".yaml")];
        if (read.Length is 0 or > MaxFiles)
            problems.Add(new FileProblem(folder, 1, 1, $"{read.Length} files", $"1 to {MaxFiles} .yaml files"));
        return read.Take(MaxFiles);
    }

    private static void EachLanguageHasWords(City city, YamlFile file, ImmutableArray<YamlFile> wordings)
    {
        var listed = (file.Root as YamlMap)?["languages"] as YamlList;
        foreach (var (language, node) in city.Languages.Zip(listed?.Items ?? []).Where(one => one.First is not null))
        {
            if (!wordings.Any(wording => Path.GetFileNameWithoutExtension(wording.Name) == language))
                file.Add(node, $"{YamlNode.Quote(language)} without a file", $"the file notices/{language}.yaml");
        }
    }
}
