using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// What is registered, written as files: beside the place where it belongs, read back, and put there only when it says the same.
/// </summary>
internal static class PolicyExport
{
    /// <summary>Whether a path names a table, not a folder.</summary>
    public static bool IsTable(string path) => Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the table, or the folder. Nothing is written when there are problems.</summary>
    /// <returns>The names of the files, and what the registry holds that files could not say.</returns>
    public static (ImmutableArray<string> Files, ImmutableArray<FileProblem> Problems) Write(GovernanceHistory history, string path)
    {
        if (Directory.Exists(path) ? IsTable(path) : File.Exists(path) && !IsTable(path))
            throw new UsageException(
                $"'{path}' is {(IsTable(path) ? "a folder" : "a file")}: name a folder, or a file that ends with .csv."
            );
        if (
            !IsTable(path)
            && Directory.Exists(path)
            && Directory.EnumerateFileSystemEntries(path).Any()
            && !File.Exists(Path.Combine(path, "city.yaml"))
        )
            throw new UsageException(
                $"The folder '{path}' is not empty and holds no city.yaml: name an empty folder, a new one, or one of governance files."
            );
        var beside = $"{Path.TrimEndingDirectorySeparator(path)}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return IsTable(path) ? Table(history, beside, path) : Folder(history, beside, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"'{path}' cannot be written: {failure.Message}");
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
            File.Delete(beside);
        }
    }

    private static (ImmutableArray<string>, ImmutableArray<FileProblem>) Table(GovernanceHistory history, string beside, string path)
    {
        File.WriteAllBytes(beside, TableCsv.Write(history.Current));
        using (var written = File.OpenRead(beside))
        {
            if (Different(TableCsv.Read(written, path, history), path) is { IsEmpty: false } problems)
                return ([], problems);
        }

        File.Move(beside, path, overwrite: true);
        return ([Path.GetFileName(path)], []);
    }

    private static (ImmutableArray<string>, ImmutableArray<FileProblem>) Folder(GovernanceHistory history, string beside, string path)
    {
        var files = PolicyWriter.Write(history.Current);
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(beside, file.Name))!);
            File.WriteAllBytes(Path.Combine(beside, file.Name), file.Bytes());
        }

        if (Different(PolicyFiles.Compare(beside, history), path) is { IsEmpty: false } problems)
            return (
                [],
                [.. problems.Select(problem => problem with { File = problem.File.Replace(beside, path, StringComparison.Ordinal) })]
            );
        if (!Directory.Exists(path))
        {
            Directory.Move(beside, path);
        }
        else
        {
            foreach (var file in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, file.Name))!);
                File.Move(Path.Combine(beside, file.Name), Path.Combine(path, file.Name), overwrite: true);
            }
        }

        return ([.. files.Select(file => file.Name)], []);
    }

    /// <summary>What of the registry the files would say otherwise; empty when they say the same.</summary>
    private static ImmutableArray<FileProblem> Different(FileReading<ProposalFromFiles> reading, string path) =>
        reading.Value is not { } proposal
            ? reading.Problems
            :
            [
                .. proposal.Documents.Select(proposed => new FileProblem(
                    path,
                    1,
                    1,
                    $"the {proposed.Document} otherwise than it is registered",
                    "files that say what is registered"
                )),
            ];
}
