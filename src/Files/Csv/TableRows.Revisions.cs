using System.Globalization;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Reads how old the rows are. A row of unknown age could undo what was recorded since, and is refused.</summary>
internal sealed partial class TableRows
{
    /// <summary>Reads the revision that a row was drawn from. Reports one that the registry does not have, or that another row
    /// denies.</summary>
    private void ReadRevision(CsvRow row, string id, InstrumentRows instrument)
    {
        var cell = row[TableCsv.Revision];
        // The rows of a new instrument may be copies of another one's, with its revision.
        if (cell.Text.Length == 0 || !_isRegister || _history.LatestOf(DocumentKind.Instrument, id)?.Number is not { } latest)
            return;
        if (!int.TryParse(cell.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > latest)
            File.Report(cell, cell.Found, $"the revision that the row was drawn from, 1 to {latest}");
        else if (instrument.Drawn is not var (drawn, first))
            instrument.Drawn = (number, row);
        else if (number != drawn)
            File.Report(cell, cell.Found, $"'{drawn}', as in row {first.Number}: the rows of one instrument agree");
    }

    /// <summary>Reports rows without a revision, unless they are new: they may be older than what was recorded.</summary>
    private void RequireRevisions()
    {
        if (!_isRegister)
            return;
        var hasColumn = _sheet.ColumnOf(TableCsv.Revision) >= 0;
        foreach (var (id, instrument) in _instruments)
        {
            if (_history.LatestOf(DocumentKind.Instrument, id) is not { } latest)
                continue;
            var drawn = _history
                .RevisionsOf(DocumentKind.Instrument, id)
                .FirstOrDefault(revision => revision.Number == instrument.Revision);
            var registered = (drawn ?? latest).Document.Value<Instrument>();
            foreach (var row in RowsOfUnknownAge(instrument, registered))
            {
                if (!hasColumn)
                {
                    File.Report(1, 1, $"no column '{TableCsv.Revision}', which says how old the rows are", "it beside the others" + Again);
                    return;
                }

                File.Report(row[TableCsv.Revision], "no revision of a row that is registered already", "the one it was drawn from" + Again);
                _sheet.DropUnlistedProblems();
            }
        }
    }

    private const string Again = ": download the table again, and make the changes in it; only rows of new rules may be without a revision";

    private static IEnumerable<CsvRow> RowsOfUnknownAge(InstrumentRows instrument, Instrument registered)
    {
        foreach (var (stated, rows) in instrument.Versions)
        {
            var number = NumberOf(stated, rows, registered);
            var version = registered.Versions.FirstOrDefault(known => known.Number == number);
            foreach (var (technology, (row, _)) in rows.Rules)
            {
                var isNew = version?.RuleFor(technology) is null;
                // A new row restates what it shares with others. Where no other row says how old that is, it must be what is registered.
                if (instrument.Drawn is null)
                    isNew = version is null && SharesCells(instrument.Instrument, registered);
                if (row[TableCsv.Revision].Text.Length == 0 && !isNew)
                    yield return row;
            }
        }
    }

    private static bool SharesCells(Instrument stated, Instrument registered) =>
        (stated.Kind, stated.Citation, stated.Authority, stated.Url)
        == (registered.Kind, registered.Citation, registered.Authority, registered.Url);
}
