using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Policies.Instruments;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// The governance table as CSV, for spreadsheets: one row for each rule, that is for each technology of a version of an instrument. A row
/// that is read replaces its rule and the shared columns of its version and instrument. What no row names stays registered.
/// </summary>
public static class TableCsv
{
    /// <summary>At most this many problems are listed. If there are more, one further entry counts them.</summary>
    public const int MaxProblems = CsvSheet.MaxProblems;

    /// <summary>The column of <see cref="EffectivePeriod.FromNotBefore"/>, written only if a version needs it.</summary>
    internal const string NotBefore = "not_before";

    /// <summary>The column of <see cref="EffectivePeriod.Condition"/>, written only if a version needs it.</summary>
    internal const string Condition = "condition";

    /// <summary>The column of the revision that the rows of an instrument were drawn from. A registry refuses rows of registered rules
    /// without it; where there are no revisions, as in a folder of files, it is not needed.</summary>
    internal const string Revision = "revision";

    /// <summary>The column of the identity of a version. A row without it is found by the number of its version.</summary>
    internal const string VersionId = "version_id";

    /// <summary>Columns that a table may have besides the others.</summary>
    internal static readonly ImmutableArray<string> OptionalColumns = [NotBefore, Condition, VersionId, Revision];

    /// <summary>Columns whose cells are the same in all rows of an instrument.</summary>
    internal static readonly ImmutableArray<string> InstrumentColumns = ["instrument", "kind", "citation", "authority", "url"];

    /// <summary>Columns whose cells are the same in all rows of a version.</summary>
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

    /// <summary>The columns in their order.</summary>
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

    /// <summary>Writes the table and returns its bytes. The same governance makes the same bytes.</summary>
    public static byte[] Write(GovernanceSnapshot governance)
    {
        ArgumentNullException.ThrowIfNull(governance);
        using var bytes = new MemoryStream();
        Write(governance, bytes);
        return bytes.ToArray();
    }

    /// <summary>Writes the table as it is registered, with the revision of each instrument and the identity of each version.</summary>
    public static byte[] Write(GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        using var bytes = new MemoryStream();
        Write(history.Current, bytes, instrument => history.LatestOf(DocumentKind.Instrument, instrument.Id)?.Number);
        return bytes.ToArray();
    }

    /// <summary>
    /// Writes the table in UTF-8 with a byte order mark: without it, spreadsheets would read § as two other characters.
    /// </summary>
    public static void Write(GovernanceSnapshot governance, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(governance);
        Write(governance, stream, revisionOf: null);
    }

    private static void Write(GovernanceSnapshot governance, Stream stream, Func<Instrument, int?>? revisionOf)
    {
        var instruments = governance.Table.Instruments;
        EffectivePeriodText[] periods =
        [
            .. instruments.SelectMany(instrument => instrument.Versions).Select(EffectivePeriodText.ForVersion),
        ];
        var columns = Columns;
        if (periods.Any(period => period.NotBefore is not null))
            columns = columns.Insert(columns.IndexOf("known_by"), NotBefore);
        if (periods.Any(period => period.Condition is not null))
            columns = columns.Insert(columns.IndexOf("to"), Condition);
        if (revisionOf is not null)
            columns = [.. columns, VersionId, Revision];
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
                    var row = CellsOf(instrument, version, rule);
                    row[VersionId] = version.Id;
                    row[Revision] = revisionOf?.Invoke(instrument)?.ToString(CultureInfo.InvariantCulture);
                    csv.WriteRecord([.. columns.Select(column => FormulaEscaping.Escape(row[column] ?? ""))]);
                }
            }
        }

        csv.Flush();
    }

    /// <summary>
    /// Reads a table. Returns the documents that differ from the registered ones, or every problem with its row and column. A table with
    /// one bad row proposes nothing.
    /// </summary>
    /// <param name="stream">UTF-8 with or without a byte order mark, at most 64 MB and 100,000 rows.</param>
    /// <param name="name">The name of the file in problems.</param>
    /// <param name="history">The registered documents.</param>
    /// <param name="isRegister">Whether <paramref name="history"/> is that of a registry, whose revisions the rows name.</param>
    public static FileReading<ProposalFromFiles> Read(Stream stream, string name, GovernanceHistory history, bool isRegister = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(history);
        return new TableRows(CsvSheet.Read(stream, name, Columns, OptionalColumns), history, isRegister).Propose();
    }

    private static Dictionary<string, string?> CellsOf(Instrument instrument, InstrumentVersion version, Rule rule)
    {
        var effective = EffectivePeriodText.ForVersion(version);
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
            [Condition] = effective.Condition,
            ["to"] = effective.To,
            ["ended_by"] = effective.EndedBy,
            ["superseded_by"] = version.SupersededBy,
            ["technology"] = rule.Technology,
            ["capture"] = CsvCellFormat.JoinLines(rule.Capture.Select(Json.Word)),
            ["retention"] = CsvCellFormat.JoinLines(rule.Retention.Select(RuleText.Write)),
            ["notice"] = CsvCellFormat.JoinLines(rule.Notice.Select(RuleText.Write)),
            ["records_access"] = Json.Word(rule.RecordsAccess.Access),
            ["records_access_text"] = rule.RecordsAccess.Text,
            ["departments"] = CsvCellFormat.JoinLines(rule.Departments),
            ["purposes"] = CsvCellFormat.JoinLines(rule.Purposes),
            ["prohibited_uses"] = CsvCellFormat.JoinLines(rule.ProhibitedUses),
            ["sharing"] = rule.Sharing,
            ["owner"] = rule.Owner,
            ["review_by"] = rule.ReviewBy is { } day ? PolicyValues.Day(day) : null,
            ["pauses"] = PolicyValues.Flag(rule.Pauses),
            ["note"] = rule.Note,
            ["source_title"] = version.Source.Title,
            ["source_url"] = version.Source.Url,
            ["source_read_on"] = PolicyValues.Day(version.Source.ReadOn),
            ["source_confidence"] = Json.Word(version.Source.Confidence),
        };
    }
}
