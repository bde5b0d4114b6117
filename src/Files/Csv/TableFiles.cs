using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Reads and writes the files that people upload and download on a page or by the API.</summary>
public sealed class TableFiles : ITableFiles
{
    public byte[] WriteCsv(GovernanceHistory history) => TableCsv.Write(history);

    public Outcome<FileContent> Read(byte[] bytes, string name, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var fileName = Path.GetFileName(name);
        if (DescribeForeign(bytes) is var (found, expected))
            return new Refusal("invalid", $"Found {found}; expected {expected}.", fileName);
        switch (Path.GetExtension(fileName).ToLowerInvariant())
        {
            case ".csv":
                using (var stream = new MemoryStream(bytes))
                    return ToOutcome(TableCsv.Read(stream, fileName, history));
            case ".yaml":
            case ".yml":
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

    /// <summary>What a file is that is neither a table nor a YAML file, and what to do; null when its bytes are a text.</summary>
    private static (string Found, string Expected)? DescribeForeign(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [(byte)'P', (byte)'K', 3, 4, ..] => (
                "a workbook of a spreadsheet program, or another ZIP file",
                "the sheet alone: save it as 'CSV UTF-8' and upload that file"
            ),
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => ("a PDF", "a table that ends with .csv, or a file of one instrument"),
            _ => null,
        };

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
