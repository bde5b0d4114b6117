using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// Writes the registered governance as files. The files are written to a temporary path and read back; they are moved to their target only
/// if they say the same as the register.
/// </summary>
internal static class PolicyExport
{
    /// <summary>True if a path names a table, not a folder.</summary>
    public static bool IsTable(string path) => Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the table or the folder. Writes nothing if there are problems.</summary>
    /// <returns>The names of the files, and what the registry holds that files cannot express.</returns>
    public static (ImmutableArray<string> Files, ImmutableArray<FileProblem> Problems) Write(GovernanceHistory history, string path)
    {
        MustBeWritable(path);
        var temporary = $"{Path.TrimEndingDirectorySeparator(path)}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return IsTable(path) ? WriteTable(history, temporary, path) : WriteFolder(history, temporary, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"'{path}' cannot be written: {failure.Message}");
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            File.Delete(temporary);
        }
    }

    /// <summary>Throws <see cref="UsageException"/> for a path at which the export would overwrite something else.</summary>
    private static void MustBeWritable(string path)
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
    }

    private static (ImmutableArray<string>, ImmutableArray<FileProblem>) WriteTable(
        GovernanceHistory history,
        string temporary,
        string path
    )
    {
        File.WriteAllBytes(temporary, TableCsv.Write(history));
        using (var written = File.OpenRead(temporary))
        {
            if (Differences(TableCsv.Read(written, path, history), path) is { IsEmpty: false } problems)
                return ([], problems);
        }

        File.Move(temporary, path, overwrite: true);
        return ([Path.GetFileName(path)], []);
    }

    private static (ImmutableArray<string>, ImmutableArray<FileProblem>) WriteFolder(
        GovernanceHistory history,
        string temporary,
        string path
    )
    {
        var files = PolicyWriter.Write(history);
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(temporary, file.Name))!);
            File.WriteAllBytes(Path.Combine(temporary, file.Name), file.Bytes());
        }

        if (Differences(PolicyFiles.Compare(temporary, history), path) is { IsEmpty: false } problems)
            return (
                [],
                [.. problems.Select(problem => problem with { File = problem.File.Replace(temporary, path, StringComparison.Ordinal) })]
            );
        if (!Directory.Exists(path))
        {
            Directory.Move(temporary, path);
        }
        else
        {
            foreach (var file in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, file.Name))!);
                File.Move(Path.Combine(temporary, file.Name), Path.Combine(path, file.Name), overwrite: true);
            }
        }

        return ([.. files.Select(file => file.Name)], []);
    }

    /// <summary>The documents in which the files differ from the register; empty if they say the same.</summary>
    private static ImmutableArray<FileProblem> Differences(FileReading<ProposalFromFiles> reading, string path) =>
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
