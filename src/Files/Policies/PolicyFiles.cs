using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies.Instruments;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>The content of the files under <c>policies/</c>, and the hash of each file.</summary>
public sealed record AdoptedPolicies(GovernanceSnapshot Governance, ImmutableArray<OpeningFile> Files)
{
    /// <summary>The revisions that the files were drawn from, by the name of the document.</summary>
    internal ImmutableDictionary<string, int> Revisions { get; init; } = ImmutableDictionary<string, int>.Empty;
}

/// <summary>
/// Reads the folder <c>policies/</c>: <c>city.yaml</c>, <c>technologies.yaml</c>, <c>chapters.yaml</c>, <c>instruments/</c> and
/// <c>notices/</c>. Returns the whole governance or every problem.
/// </summary>
public static class PolicyFiles
{
    /// <summary>A larger policy file is not read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>At most this many files of one folder are read.</summary>
    public const int MaxFiles = 1000;

    /// <summary>Reads the folder.</summary>
    /// <param name="folder">The folder <c>policies/</c> of a city.</param>
    public static FileReading<AdoptedPolicies> Read(string folder) => PolicyFolder.Open(folder).Read();

    /// <summary>Compares a folder with the registered documents. Returns the differences, or what the registry would refuse.</summary>
    /// <param name="folder">The folder <c>policies/</c> of a city.</param>
    public static FileReading<ProposalFromFiles> Compare(string folder, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var reading = Read(folder);
        if (reading.Value?.Governance is not { } governance)
            return new(null, reading.Problems);
        PolicyDocument[] documents = [.. governance.Documents()];
        FileProblem[] unknown =
        [
            .. from document in documents
            where reading.Value.Revisions.ContainsKey(document.ToString())
            let number = reading.Value.Revisions[document.ToString()]
            let latest = history.LatestOf(document.Kind, document.Id)?.Number ?? int.MaxValue
            where number > latest
            select new FileProblem(
                Path.Combine(folder, PolicyFolder.NameOf(document)),
                1,
                1,
                $"revision {number} of the {document}",
                $"a revision of this registry: 1 to {latest}"
            ),
        ];
        if (unknown.Length > 0)
            return FileReading<ProposalFromFiles>.From(unknown, () => null!);
        return ProposalFromFiles
            .Create(
                documents,
                history,
                document => reading.Value.Revisions.TryGetValue(document.ToString(), out var number) ? number : null
            )
            .NoteMissing(documents, history)
            .Validate(history, refusal => ToProblem(refusal, folder));
    }

    /// <summary>Compares the file of one instrument with the registered instrument.</summary>
    /// <param name="path">A file of the form of <c>instruments/ID.yaml</c>; its name is the id.</param>
    /// <param name="history">The registered documents; or those of a folder, which has no revisions that a file names.</param>
    /// <param name="isRegister">Whether <paramref name="history"/> is that of a registry.</param>
    public static FileReading<ProposalFromFiles> CompareInstrument(string path, GovernanceHistory history, bool isRegister = true)
    {
        ArgumentNullException.ThrowIfNull(history);
        var registered = history.Current;
        var file = YamlFile.Read(path, MaxBytes);
        var reader = new InstrumentFile(
            [.. registered.Table.Technologies.Select(technology => technology.Id)],
            [.. registered.City.Departments.Select(department => department.Id)],
            [.. registered.Table.Instruments.Select(other => other.Id), Path.GetFileNameWithoutExtension(path)]
        );
        var instrument = reader.Read(file);
        CitationCheck.CheckChapters(registered.Chapters, file);
        if (instrument?.Id is not null && isRegister)
            reader.CheckRevision(instrument, file, history);
        return file.Problems.Count > 0
            ? FileReading<ProposalFromFiles>.From(file.Problems, () => null!)
            : ProposalFromFiles
                .Create([PolicyDocument.For(instrument!)], history, document => isRegister ? reader.RevisionOf(document.Id) : null)
                .Validate(history, refusal => ToProblem(refusal, path, file.Root));
    }

    /// <summary>Converts a refusal to a problem at the line that it is about; without a tree, to one of the whole path.</summary>
    private static FileProblem ToProblem(Refusal refusal, string path, YamlNode? root = null)
    {
        var (line, column) = RefusedNode.Find(root, refusal) is { } node ? (node.Line, node.Column) : (1, 1);
        return ProposalFromFiles.ToProblem(refusal, path, line, column, refusal.Where is { } where ? $" in {where}" : "");
    }
}
