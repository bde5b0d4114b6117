using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// The rows of a table, read by the forms of the other files, and the documents that they make of what the registry holds.
/// </summary>
internal sealed class TableRows
{
    /// <summary>More than any text ever had; each is held against all before it.</summary>
    private const int MaxVersions = 1000;

    private static readonly FieldSchema<int> Number = FieldSchema.Number(1, MaxVersions);

    /// <summary>Members of documents, and the columns in which they stand.</summary>
    private static readonly Dictionary<string, string> ColumnsOf = new(StringComparer.Ordinal)
    {
        ["effective"] = "from",
        ["supersededBy"] = "superseded_by",
        ["number"] = "version",
        ["citation"] = "citation",
        ["url"] = "url",
        ["title"] = "title",
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

    private readonly CsvSheet _sheet;
    private readonly GovernanceHistory _history;
    private readonly InstrumentFile _forms;
    private readonly FieldSchema<string> _technology;
    private readonly Dictionary<string, InstrumentRows> _instruments = new(StringComparer.Ordinal);

    public TableRows(CsvSheet sheet, GovernanceHistory history)
    {
        (_sheet, _history) = (sheet, history);
        HashSet<string> technologies = [.. history.Current.Table.Technologies.Select(technology => technology.Id)];
        HashSet<string> instruments =
        [
            .. history.Current.Table.Instruments.Select(instrument => instrument.Id),
            .. sheet.Rows.Select(row => row["instrument"].Text),
        ];
        _forms = new InstrumentFile(technologies, [.. history.Current.City.Departments.Select(department => department.Id)], instruments);
        _technology = FieldSchema.Known("a registered technology", technologies);
    }

    private YamlFile File => _sheet.File;

    /// <summary>What the rows propose, or what is wrong with them.</summary>
    public FileReading<ProposalFromFiles> Propose()
    {
        foreach (var row in _sheet.Rows)
        {
            Read(row);
            _sheet.CountOnly();
        }

        if (File.Problems.Count > 0)
            return new(null, _sheet.Problems());
        var proposal = ProposalFromFiles.Create(_instruments.Values.Select(rows => PolicyDocument.For(Merged(rows))), _history);
        foreach (var problem in proposal.Checked(_history, Place).Problems)
            File.Problems.Add(problem);
        return File.Problems.Count > 0 ? new(null, _sheet.Problems()) : new(proposal, []);
    }

    private void Read(CsvRow row)
    {
        var problems = File.Problems.Count;
        var id = FieldSchema.InstrumentId.Read(row["instrument"], File);
        var number = Number.Read(row["version"], File);
        var technology = _technology.Read(row["technology"], File);
        if (File.Problems.Count > problems)
            return;

        if (!_instruments.TryGetValue(id, out var instrument))
            _instruments[id] = instrument = new InstrumentRows(row, Instrument(row));
        else
            Agree(instrument.First, row, TableCsv.InstrumentColumns, "instrument");
        if (!instrument.Versions.TryGetValue(number, out var version))
            instrument.Versions[number] = version = new VersionRows(row, Version(row, id, number));
        else
            Agree(
                version.First,
                row,
                _sheet.ColumnOf(TableCsv.NotBefore) < 0 ? TableCsv.VersionColumns : TableCsv.VersionColumns.Add(TableCsv.NotBefore),
                "version"
            );
        if (version.Rules.TryGetValue(technology, out var twice))
            File.Add(
                row["technology"],
                $"{YamlNode.Quote(technology)} again for version {number} of {id} (first in row {twice.Row.Number})",
                "each technology once in a version"
            );
        else
            version.Rules[technology] = (row, Rule(row, technology));
    }

    /// <summary>Rows of one thing say the same of it: which of them would be meant, nobody could tell.</summary>
    private void Agree(CsvRow first, CsvRow row, ImmutableArray<string> columns, string what)
    {
        foreach (var column in columns)
        {
            if (row[column] is var cell && cell.Text != first[column].Text)
                File.Add(cell, cell.Found, $"{YamlNode.Quote(first[column].Text)}, as in row {first.Number}: the rows of one {what} agree");
        }
    }

    private Instrument Instrument(CsvRow row) =>
        Read(
            row["instrument"],
            keys => InstrumentFile.Instrument(keys, _ => []),
            Must(row, "instrument", "id"),
            Must(row, "kind"),
            Must(row, "citation"),
            Must(row, "authority"),
            May(row, "url")
        );

    private InstrumentVersion Version(CsvRow row, string instrument, int number) =>
        Read(
            row["title"],
            keys => _forms.Version(keys, instrument, number, _ => []),
            Must(row, "title"),
            May(row, "passed"),
            May(row, "signed"),
            May(row, "filed"),
            May(row, "by"),
            May(row, "superseded_by"),
            Under(
                row["from"],
                "effective",
                Must(row, "from"),
                May(row, TableCsv.NotBefore),
                May(row, "known_by"),
                Must(row, "to"),
                May(row, "ended_by")
            ),
            Under(
                row["source_title"],
                "source",
                Must(row, "source_title", "title"),
                May(row, "source_url", "url"),
                Must(row, "source_read_on", "read_on"),
                Must(row, "source_confidence", "confidence")
            )
        );

    private Rule Rule(CsvRow row, string technology) =>
        _forms
            .Rule(technology)
            .Read(
                Map(
                    row["technology"],
                    Entry("capture", CsvCellFormat.Items(row["capture"])),
                    Items(row, "departments"),
                    Items(row, "purposes"),
                    Items(row, "prohibited_uses"),
                    Items(row, "retention", CsvCellFormat.Retention),
                    Items(row, "notice", CsvCellFormat.Notice),
                    row["records_access"].Text.Length + row["records_access_text"].Text.Length == 0
                        ? null
                        : Under(
                            row["records_access"],
                            "records_access",
                            Must(row, "records_access", "access"),
                            May(row, "records_access_text", "text")
                        ),
                    May(row, "sharing"),
                    May(row, "owner"),
                    May(row, "review_by"),
                    Flag(row, "pauses"),
                    May(row, "note")
                ),
                File
            );

    /// <summary>Spreadsheets write TRUE.</summary>
    private static (YamlText, YamlNode)? Flag(CsvRow row, string column) =>
        row[column] is { Text.Length: > 0 } cell ? Entry(column, cell with { Text = cell.Text.ToLowerInvariant() }) : null;

    private (YamlText, YamlNode)? Items(CsvRow row, string column, Func<YamlText, YamlFile, YamlNode?>? line = null)
    {
        var list = CsvCellFormat.Items(row[column]);
        return list.Items.IsEmpty
            ? null
            : Entry(
                column,
                line is null ? list : list with { Items = [.. list.Items.Select(item => line((YamlText)item, File)).OfType<YamlNode>()] }
            );
    }

    private static (YamlText, YamlNode)? Must(CsvRow row, string column, string? key = null) => Entry(key ?? column, row[column]);

    private static (YamlText, YamlNode)? May(CsvRow row, string column, string? key = null) =>
        row[column] is { Text.Length: > 0 } cell ? Entry(key ?? column, cell) : null;

    private static (YamlText, YamlNode)? Under(YamlText at, string key, params ReadOnlySpan<(YamlText, YamlNode)?> entries) =>
        Entry(key, Map(at, entries));

    private static (YamlText, YamlNode) Entry(string key, YamlNode value) => (new YamlText(key, true, value.Line, value.Column), value);

    private static YamlMap Map(YamlText at, params ReadOnlySpan<(YamlText, YamlNode)?> entries)
    {
        var all = ImmutableArray.CreateBuilder<(YamlText, YamlNode)>(entries.Length);
        foreach (var entry in entries)
        {
            if (entry is { } there)
                all.Add(there);
        }

        return new YamlMap(all.ToImmutable(), at.Line, at.Column);
    }

    private T Read<T>(YamlText at, Func<YamlKeys, T> read, params ReadOnlySpan<(YamlText, YamlNode)?> entries) =>
        FieldSchema.Keys("a row", read).Read(Map(at, entries), File);

    /// <summary>The instrument as the rows make it of the one that the registry holds.</summary>
    private Instrument Merged(InstrumentRows rows)
    {
        var held = _history.LatestOf(DocumentKind.Instrument, rows.Head.Id)?.Document.Value<Instrument>();
        var versions = new SortedDictionary<int, InstrumentVersion>(held?.Versions.ToDictionary(version => version.Number) ?? []);
        foreach (var (number, named) in rows.Versions)
        {
            var before = versions.TryGetValue(number, out var version) ? version.Rules : [];
            versions[number] = named.Head with { Rules = Merged(before, named) };
        }

        return rows.Head with
        {
            Versions = [.. versions.Values],
        };
    }

    private static ImmutableArray<Rule> Merged(ImmutableArray<Rule> before, VersionRows named)
    {
        var there = before.Select(rule => rule.Technology).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. before.Select(rule => named.Rules.TryGetValue(rule.Technology, out var row) ? row.Rule : rule),
            .. named.Rules.Where(row => !there.Contains(row.Key)).Select(row => row.Value.Rule),
        ];
    }

    /// <summary>The row and column that a problem of a document came from: its version's, its instrument's, or the first.</summary>
    private FileProblem Place(Refusal refusal)
    {
        var parts = refusal.Where?.Split(" / ") ?? [];
        var row = _sheet.Rows[0];
        if (parts is [var document, ..] && document.Split(' ') is [_, var id] && _instruments.TryGetValue(id, out var instrument))
        {
            row = instrument.First;
            if (
                parts is [_, var word, ..]
                && word.StartsWith("version ", StringComparison.Ordinal)
                && int.TryParse(word["version ".Length..], out var number)
                && instrument.Versions.TryGetValue(number, out var version)
            )
                row = parts.Length > 2 && version.Rules.TryGetValue(parts[2], out var rule) ? rule.Row : version.First;
        }

        var cell = row[
            parts.Reverse().Select(part => ColumnsOf.GetValueOrDefault(part)).FirstOrDefault(column => column is not null) ?? "technology"
        ];
        return ProposalFromFiles.Problem(refusal, File.Name, cell.Line, cell.Column);
    }

    /// <summary>The rows of an instrument, and what they say of it alike.</summary>
    private sealed record InstrumentRows(CsvRow First, Instrument Head)
    {
        public Dictionary<int, VersionRows> Versions { get; } = [];
    }

    /// <summary>The rows of a version, by technology in the order of rows.</summary>
    private sealed record VersionRows(CsvRow First, InstrumentVersion Head)
    {
        public OrderedDictionary<string, (CsvRow Row, Rule Rule)> Rules { get; } = new(StringComparer.Ordinal);
    }
}
