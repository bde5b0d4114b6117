using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Finds the row and the column that a refusal of a document is about.</summary>
internal sealed partial class TableRows
{
    /// <summary>The column of each member of a document.</summary>
    private static readonly Dictionary<string, string> ColumnsByMember = new(StringComparer.Ordinal)
    {
        ["effective"] = "from",
        ["supersededBy"] = "superseded_by",
        ["number"] = "version",
        ["citation"] = "citation",
        ["url"] = "url",
        ["title"] = "title",
        ["passed"] = "passed",
        ["signed"] = "signed",
        ["filed"] = "filed",
        ["by"] = "by",
        ["source"] = "source_title",
        ["departments"] = "departments",
        ["owner"] = "owner",
        ["capture"] = "capture",
        ["retention"] = "retention",
        ["notice"] = "notice",
        ["id"] = "instrument",
        ["kind"] = "kind",
    };

    /// <summary>Converts a refusal of a document to a problem at the row and column that it is about.</summary>
    private FileProblem ToProblem(Refusal refusal)
    {
        var parts = refusal.Where?.Split(" / ") ?? [];
        var column = parts.Reverse().Select(part => ColumnsByMember.GetValueOrDefault(part)).FirstOrDefault(name => name is not null);
        var cell = RowOf(parts)[column ?? "technology"];
        return ProposalFromFiles.ToProblem(refusal, File.Name, cell.Line, cell.Column);
    }

    /// <summary>Returns the row of the rule that a refusal names, else the first row of its version, its instrument or the sheet.</summary>
    /// <param name="parts">For example <c>instrument ID</c>, <c>version 2</c>, <c>TECHNOLOGY</c> and the member.</param>
    private CsvRow RowOf(string[] parts)
    {
        if (parts is not [var document, ..] || document.Split(' ') is not [_, var id] || !_instruments.TryGetValue(id, out var instrument))
            return _sheet.Rows[0];
        const string Version = "version ";
        if (
            parts is not [_, var part, ..]
            || !part.StartsWith(Version, StringComparison.Ordinal)
            || !int.TryParse(part[Version.Length..], out var number)
            || !instrument.Versions.TryGetValue(number, out var version)
        )
            return instrument.FirstRow;
        return parts.Length > 2 && version.Rules.TryGetValue(parts[2], out var rule) ? rule.Row : version.FirstRow;
    }
}
