using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Reads and writes the files that people upload and download on a page or by the API.</summary>
public sealed class TableFiles : ITableFiles
{
    public byte[] WriteCsv(GovernanceSnapshot governance) => TableCsv.Write(governance);

    public Outcome<FileContent> Read(byte[] bytes, string name, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var fileName = Path.GetFileName(name);
        switch (Path.GetExtension(fileName))
        {
            case ".csv":
                using (var stream = new MemoryStream(bytes))
                    return ToOutcome(TableCsv.Read(stream, fileName, history));
            case ".yaml":
                return ToOutcome(CompareInstrument(bytes, fileName, history));
            default:
                return new Refusal(
                    "invalid",
                    $"'{fileName}' cannot be read: expected a table that ends with .csv, "
                        + "or the file of one instrument that ends with .yaml.",
                    "file"
                );
        }
    }

    /// <summary>Writes the bytes to a temporary file: the YAML reader takes a path and names it in problems.</summary>
    private static FileReading<ProposalFromFiles> CompareInstrument(byte[] bytes, string fileName, GovernanceHistory history)
    {
        var folder = Directory.CreateTempSubdirectory("registry-");
        try
        {
            var path = Path.Combine(folder.FullName, fileName);
            File.WriteAllBytes(path, bytes);
            return PolicyFiles.CompareInstrument(path, history);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Outcome<FileContent> ToOutcome(FileReading<ProposalFromFiles> reading) =>
        reading.Value is { } proposal
            ? new FileContent(proposal.Documents, proposal.Notes)
            : reading
                .Problems.Select(problem => new Refusal(
                    "invalid",
                    $"Found {problem.Found}; expected {problem.Expected}.",
                    $"{Path.GetFileName(problem.File)}, line {problem.Line}, column {problem.Column}"
                ))
                .ToImmutableArray();
}
