using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Files that people hand in on a page or by the API.</summary>
public sealed class TableFiles : ITableFiles
{
    public byte[] WriteCsv(GovernanceSnapshot governance) => TableCsv.Write(governance);

    public Outcome<FileContent> Read(byte[] bytes, string name, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var plain = Path.GetFileName(name);
        switch (Path.GetExtension(plain))
        {
            case ".csv":
                using (var stream = new MemoryStream(bytes))
                    return Answer(TableCsv.Read(stream, plain, history));
            case ".yaml":
                // The reader says where in a file it found what it found, so it reads a file; nobody else ever sees it.
                var folder = Directory.CreateTempSubdirectory("registry-");
                try
                {
                    var path = Path.Combine(folder.FullName, plain);
                    File.WriteAllBytes(path, bytes);
                    return Answer(PolicyFiles.CompareInstrument(path, history));
                }
                finally
                {
                    folder.Delete(recursive: true);
                }

            default:
                return new Refusal(
                    "invalid",
                    $"'{plain}' is no file that can be read: expected a table that ends with .csv, or the file of one instrument that ends with .yaml.",
                    "file"
                );
        }
    }

    private static Outcome<FileContent> Answer(FileReading<ProposalFromFiles> reading) =>
        reading.Value is { } read
            ? new FileContent(read.Documents, read.Notes)
            : reading
                .Problems.Select(problem => new Refusal(
                    "invalid",
                    $"Found {problem.Found}; expected {problem.Expected}.",
                    $"{Path.GetFileName(problem.File)}, line {problem.Line}, column {problem.Column}"
                ))
                .ToImmutableArray();
}
