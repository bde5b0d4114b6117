using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Policies.Instruments;
using SurveillanceRegistry.Files.Yaml;
using static SurveillanceRegistry.Files.Csv.CsvRowMap;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// Reads the rows of a table with the schemas of the policy files, and merges them into the documents that the registry holds.
/// </summary>
internal sealed partial class TableRows
{
    /// <summary>No text has so many versions. The limit bounds the work: each version is compared with all earlier ones.</summary>
    private const int MaxVersions = 1000;

    private static readonly FieldSchema<int> VersionNumber = FieldSchema.Number(1, MaxVersions);

    private readonly CsvSheet _sheet;
    private readonly GovernanceHistory _history;
    private readonly bool _isRegister;
    private readonly InstrumentFile _instrumentFile;
    private readonly FieldSchema<string> _technology;
    private readonly Dictionary<string, InstrumentRows> _instruments = new(StringComparer.Ordinal);

    public TableRows(CsvSheet sheet, GovernanceHistory history, bool isRegister)
    {
        (_sheet, _history, _isRegister) = (sheet, history, isRegister);
        HashSet<string> technologies = [.. history.Current.Table.Technologies.Select(technology => technology.Id)];
        HashSet<string> departments = [.. history.Current.City.Departments.Select(department => department.Id)];
        HashSet<string> instruments =
        [
            .. history.Current.Table.Instruments.Select(instrument => instrument.Id),
            .. sheet.Rows.Select(row => row["instrument"].Text),
        ];
        _instrumentFile = new InstrumentFile(technologies, departments, instruments);
        _technology = FieldSchema.Known("a registered technology", technologies);
    }

    private YamlFile File => _sheet.File;

    /// <summary>Returns the documents that differ from the registered ones, or every problem.</summary>
    public FileReading<ProposalFromFiles> Propose()
    {
        foreach (var row in _sheet.Rows)
        {
            Read(row);
            _sheet.DropUnlistedProblems();
        }

        if (File.Problems.Count == 0)
            RequireRevisions();
        if (File.Problems.Count > 0)
            return new(null, _sheet.Problems());
        var documents = _instruments.Values.Select(rows => PolicyDocument.For(Merge(rows)));
        var proposal = ProposalFromFiles.Create(documents, _history, document => _instruments[document.Id].Revision);
        foreach (var problem in proposal.Validate(_history, ToProblem).Problems)
            File.Problems.Add(problem);
        return File.Problems.Count > 0 ? new(null, _sheet.Problems()) : new(proposal, []);
    }

    private void Read(CsvRow row)
    {
        var problems = File.Problems.Count;
        var id = FieldSchema.InstrumentId.Read(row["instrument"], File);
        var number = VersionNumber.Read(row["version"], File);
        var technology = _technology.Read(row["technology"], File);
        if (File.Problems.Count > problems)
            return;

        if (!_instruments.TryGetValue(id, out var instrument))
            _instruments[id] = instrument = new InstrumentRows(row, ReadInstrument(row));
        else
            RequireSameCells(instrument.FirstRow, row, TableCsv.InstrumentColumns, "instrument");
        ReadRevision(row, id, instrument);
        if (!instrument.Versions.TryGetValue(number, out var version))
            instrument.Versions[number] = version = new VersionRows(row, ReadVersion(row, id, number));
        else
            RequireSameCells(
                version.FirstRow,
                row,
                Present(TableCsv.VersionColumns, TableCsv.NotBefore, TableCsv.Condition, TableCsv.VersionId),
                "version"
            );
        if (version.Rules.TryGetValue(technology, out var earlier))
            File.Report(
                row["technology"],
                $"{YamlNode.Quote(technology)} again for version {number} of {id} (first in row {earlier.Row.Number})",
                "each technology once in a version"
            );
        else
            version.Rules[technology] = (row, ReadRule(row, technology));
    }

    private ImmutableArray<string> Present(ImmutableArray<string> columns, params ReadOnlySpan<string> optional)
    {
        foreach (var column in optional)
        {
            if (_sheet.ColumnOf(column) >= 0)
                columns = columns.Add(column);
        }

        return columns;
    }

    /// <summary>Reports cells that differ between two rows of one instrument or version: it is unknown which of them is right.</summary>
    private void RequireSameCells(CsvRow first, CsvRow row, ImmutableArray<string> columns, string what)
    {
        foreach (var column in columns)
        {
            var cell = row[column];
            if (cell.Text != first[column].Text)
                File.Report(
                    cell,
                    cell.Found,
                    $"{YamlNode.Quote(first[column].Text)}, as in row {first.Number}: the rows of one {what} agree"
                );
        }
    }

    private Instrument ReadInstrument(CsvRow row) =>
        Read(
            row["instrument"],
            keys => InstrumentFile.ReadInstrument(keys, _ => []),
            Required(row, "instrument", "id"),
            Required(row, "kind"),
            Required(row, "citation"),
            Required(row, "authority"),
            Optional(row, "url")
        );

    private InstrumentVersion ReadVersion(CsvRow row, string instrument, int number) =>
        Read(
            row["title"],
            keys => _instrumentFile.ReadVersion(keys, instrument, number, _ => []),
            Required(row, "title"),
            OptionalDate(row, "passed"),
            OptionalDate(row, "signed"),
            OptionalDate(row, "filed"),
            Optional(row, "by"),
            Optional(row, "superseded_by"),
            Nested(
                row["from"],
                "effective",
                RequiredDate(row, "from"),
                OptionalDate(row, TableCsv.NotBefore),
                OptionalDate(row, "known_by"),
                Optional(row, TableCsv.Condition),
                RequiredDate(row, "to"),
                OptionalDate(row, "ended_by")
            ),
            Nested(
                row["source_title"],
                "source",
                Required(row, "source_title", "title"),
                Optional(row, "source_url", "url"),
                RequiredDate(row, "source_read_on", "read_on"),
                Required(row, "source_confidence", "confidence")
            )
        );

    private T Read<T>(YamlText position, Func<YamlKeys, T> read, params ReadOnlySpan<(YamlText, YamlNode)?> entries) =>
        FieldSchema.Map("a row", read).Read(Map(position, entries), File);

    private Rule ReadRule(CsvRow row, string technology)
    {
        var map = Map(
            row["technology"],
            Entry("capture", CsvCellFormat.SplitLines(row["capture"])),
            OptionalLines(row, "departments"),
            OptionalLines(row, "purposes"),
            OptionalLines(row, "prohibited_uses"),
            OptionalLines(row, "retention", line => CsvCellFormat.ParseRetention(line, File)),
            OptionalLines(row, "notice", line => CsvCellFormat.ParseNotice(line, File)),
            RecordsAccess(row),
            Optional(row, "sharing"),
            Optional(row, "owner"),
            OptionalDate(row, "review_by"),
            OptionalFlag(row, "pauses"),
            Optional(row, "note")
        );
        return _instrumentFile.RuleOf(technology).Read(map, File);
    }

    private static (YamlText, YamlNode)? RecordsAccess(CsvRow row)
    {
        if (row["records_access"].Text.Length == 0 && row["records_access_text"].Text.Length == 0)
            return null;
        return Nested(
            row["records_access"],
            "records_access",
            Required(row, "records_access", "access"),
            Optional(row, "records_access_text", "text")
        );
    }

    /// <summary>Merges the rows of an instrument into the registered instrument; versions without a row stay.</summary>
    private Instrument Merge(InstrumentRows rows)
    {
        var drawn =
            _history.RevisionsOf(DocumentKind.Instrument, rows.Instrument.Id).FirstOrDefault(revision => revision.Number == rows.Revision)
            ?? _history.LatestOf(DocumentKind.Instrument, rows.Instrument.Id);
        var registered = drawn?.Document.Value<Instrument>();
        var versions = new SortedDictionary<int, InstrumentVersion>(registered?.Versions.ToDictionary(version => version.Number) ?? []);
        foreach (var (stated, versionRows) in rows.Versions)
        {
            // The identity finds the version; the number may be one from before an earlier text was recorded.
            var number = NumberOf(stated, versionRows, registered);
            var version = versions.GetValueOrDefault(number);
            versions[number] = versionRows.Version with
            {
                Number = number,
                Id = version?.Id ?? "",
                Rules = Merge(version?.Rules ?? [], versionRows),
            };
        }

        return rows.Instrument with
        {
            Versions = [.. versions.Values],
        };
    }

    private static int NumberOf(int stated, VersionRows rows, Instrument? registered)
    {
        var id = rows.FirstRow[TableCsv.VersionId].Text;
        return registered?.Versions.FirstOrDefault(known => known.Id == id)?.Number ?? stated;
    }

    /// <summary>Replaces the rules that have a row, in their order, and appends the new ones.</summary>
    private static ImmutableArray<Rule> Merge(ImmutableArray<Rule> registered, VersionRows rows)
    {
        var technologies = registered.Select(rule => rule.Technology).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. registered.Select(rule => rows.Rules.TryGetValue(rule.Technology, out var row) ? row.Rule : rule),
            .. rows.Rules.Where(row => !technologies.Contains(row.Key)).Select(row => row.Value.Rule),
        ];
    }

    /// <summary>The rows of an instrument.</summary>
    /// <param name="Instrument">The cells that all its rows share; without versions.</param>
    private sealed record InstrumentRows(CsvRow FirstRow, Instrument Instrument)
    {
        /// <summary>The revision that the rows were drawn from, and the first row that names it; null when none does.</summary>
        public (int Number, CsvRow Row)? Drawn { get; set; }

        public int? Revision => Drawn?.Number;

        public Dictionary<int, VersionRows> Versions { get; } = [];
    }

    /// <summary>The rows of a version.</summary>
    /// <param name="Version">The cells that all its rows share; without rules.</param>
    private sealed record VersionRows(CsvRow FirstRow, InstrumentVersion Version)
    {
        /// <summary>By technology, in the order of the rows.</summary>
        public OrderedDictionary<string, (CsvRow Row, Rule Rule)> Rules { get; } = new(StringComparer.Ordinal);
    }
}
