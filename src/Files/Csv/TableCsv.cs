using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// The governance table as comma-separated values, for spreadsheets: one row for each version of an instrument and technology that it
/// speaks
/// of. A row that is read stands for that rule, and for the columns of its version and instrument; whatever no row names stays as it is.
/// </summary>
public static class TableCsv
{
    /// <summary>The most problems that are listed; one more says how many others there are.</summary>
    public const int MaxProblems = CsvSheet.MaxProblems;

    /// <summary>The column of <see cref="EffectivePeriod.FromNotBefore"/>, which is there only where some text needs it.</summary>
    internal const string NotBefore = "not_before";

    /// <summary>What every row of an instrument says alike.</summary>
    internal static readonly ImmutableArray<string> InstrumentColumns = ["instrument", "kind", "citation", "authority", "url"];

    /// <summary>What every row of a version says alike.</summary>
    internal static readonly ImmutableArray<string> VersionColumns =
    [
        "title",
        "passed",
        "signed",
        "filed",
        "by",
        "from",
        "known_by",
        "to",
        "ended_by",
        "superseded_by",
        "source_title",
        "source_url",
        "source_read_on",
        "source_confidence",
    ];

    /// <summary>The columns, in the order in which they are written.</summary>
    public static ImmutableArray<string> Columns { get; } =
    [
        "instrument",
        "kind",
        "citation",
        "authority",
        "url",
        "version",
        "title",
        "passed",
        "signed",
        "filed",
        "by",
        "from",
        "known_by",
        "to",
        "ended_by",
        "superseded_by",
        "technology",
        "capture",
        "retention",
        "notice",
        "records_access",
        "records_access_text",
        "departments",
        "purposes",
        "prohibited_uses",
        "sharing",
        "owner",
        "review_by",
        "pauses",
        "note",
        "source_title",
        "source_url",
        "source_read_on",
        "source_confidence",
    ];

    /// <summary>The table as a file. The same governance makes the same bytes.</summary>
    public static byte[] Write(GovernanceSnapshot governance)
    {
        ArgumentNullException.ThrowIfNull(governance);
        using var bytes = new MemoryStream();
        Write(governance, bytes);
        return bytes.ToArray();
    }

    /// <summary>
    /// Writes the table, in UTF-8 with the mark by which spreadsheets know it: without it they would read § as two other letters.
    /// </summary>
    public static void Write(GovernanceSnapshot governance, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(governance);
        var instruments = governance.Table.Instruments;
        var columns = instruments.Any(instrument =>
            instrument.Versions.Any(version => EffectivePeriodText.Write(version).NotBefore is not null)
        )
            ? Columns.Insert(Columns.IndexOf("known_by"), NotBefore)
            : Columns;
        using var csv = CsvWriter.Create(
            stream,
            new CsvWriterOptions
            {
                Quoting = CsvQuoting.WhenNeededOrWhitespace,
                WriteByteOrderMark = true,
                NewLine = "\r\n",
            },
            leaveOpen: true
        );
        csv.WriteRecord([.. columns]);
        foreach (var instrument in instruments)
        {
            foreach (var version in instrument.Versions)
            {
                foreach (var rule in version.Rules)
                {
                    var row = Row(instrument, version, rule);
                    csv.WriteRecord([.. columns.Select(column => FormulaEscaping.Out(row[column] ?? ""))]);
                }
            }
        }

        csv.Flush();
    }

    /// <summary>
    /// Reads a table: what it says otherwise than the registry does, or everything that is wrong with it, each problem with its row and
    /// column. Never both: a table with one bad row proposes nothing.
    /// </summary>
    /// <param name="stream">The bytes; UTF-8 with or without a mark, at most 64 MB and 100,000 rows.</param>
    /// <param name="name">What problems call the file.</param>
    /// <param name="history">What the registry knows.</param>
    public static FileReading<ProposalFromFiles> Read(Stream stream, string name, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(history);
        return new TableRows(CsvSheet.Read(stream, name, Columns, [NotBefore]), history).Propose();
    }

    private static Dictionary<string, string?> Row(Instrument instrument, InstrumentVersion version, Rule rule)
    {
        var effective = EffectivePeriodText.Write(version);
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["instrument"] = instrument.Id,
            ["kind"] = Json.Word(instrument.Kind),
            ["citation"] = instrument.Citation,
            ["authority"] = instrument.Authority,
            ["url"] = instrument.Url,
            ["version"] = version.Number.ToString(CultureInfo.InvariantCulture),
            ["title"] = version.Title,
            ["passed"] = version.Passed?.ToString(),
            ["signed"] = version.Signed?.ToString(),
            ["filed"] = version.Filed?.ToString(),
            ["by"] = version.By,
            ["from"] = effective.From,
            [NotBefore] = effective.NotBefore,
            ["known_by"] = effective.KnownBy,
            ["to"] = effective.To,
            ["ended_by"] = effective.EndedBy,
            ["superseded_by"] = version.SupersededBy,
            ["technology"] = rule.Technology,
            ["capture"] = CsvCellFormat.List(rule.Capture.Select(Json.Word)),
            ["retention"] = CsvCellFormat.List(rule.Retention.Select(RuleText.Write)),
            ["notice"] = CsvCellFormat.List(rule.Notice.Select(RuleText.Write)),
            ["records_access"] = Json.Word(rule.RecordsAccess.Access),
            ["records_access_text"] = rule.RecordsAccess.Text,
            ["departments"] = CsvCellFormat.List(rule.Departments),
            ["purposes"] = CsvCellFormat.List(rule.Purposes),
            ["prohibited_uses"] = CsvCellFormat.List(rule.ProhibitedUses),
            ["sharing"] = rule.Sharing,
            ["owner"] = rule.Owner,
            ["review_by"] = rule.ReviewBy is { } day ? PolicyWriter.Day(day) : null,
            ["pauses"] = PolicyWriter.Flag(rule.Pauses),
            ["note"] = rule.Note,
            ["source_title"] = version.Source.Title,
            ["source_url"] = version.Source.Url,
            ["source_read_on"] = PolicyWriter.Day(version.Source.ReadOn),
            ["source_confidence"] = Json.Word(version.Source.Confidence),
        };
    }
}
