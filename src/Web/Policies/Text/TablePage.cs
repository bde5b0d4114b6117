using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Policies.Text;

/// <summary>
/// A page of the governance table. Keyset paging: the next page begins after this page's last row, whatever was recorded meanwhile.
/// </summary>
/// <param name="Next">Where the next page begins; null on the last.</param>
internal sealed record TablePage(ImmutableArray<GovernanceRow> Rows, string? Next)
{
    /// <summary>The most rows of a page.</summary>
    public const int MaxRows = 1000;

    private const string Upcoming = "scheduled";

    /// <summary>
    /// Returns rows in the order of the table: technologies in the City's order, then instruments by id, then an upcoming version after the
    /// current one.
    /// </summary>
    /// <param name="statuses">Only rows of these statuses; null for all. With <c>scheduled</c>, also upcoming versions of instruments whose
    /// current version still applies.</param>
    /// <param name="after">The <see cref="Next"/> of the previous page; null for the first.</param>
    /// <returns>Null when <paramref name="after"/> is not a position in this table.</returns>
    public static TablePage? Create(GovernanceTable table, DateOnly day, IReadOnlySet<RuleStatus>? statuses, string? after, int limit)
    {
        var (technology, instrument, isNext) = after?.Split('/') switch
        {
            [var of, var by] => (of, by, false),
            [var of, var by, Upcoming] => (of, by, true),
            _ => ("", "", false),
        };
        var first = after is null ? 0 : Position(table, technology);
        if (first < 0)
            return null;
        var rows = ImmutableArray.CreateBuilder<GovernanceRow>();
        var last = "";
        for (var i = first; i < table.Technologies.Length; i++)
        {
            foreach (var row in table.On(day, table.Technologies[i].Id))
            {
                var order = i > first || after is null ? 1 : string.CompareOrdinal(row.Instrument.Id, instrument);
                if (order > 0 && statuses?.Contains(row.Status) != false && !Add(row, ""))
                    return new TablePage(rows.ToImmutable(), last);
                if (
                    (order > 0 || order == 0 && !isNext)
                    && row.AsUpcoming() is { } next
                    && next != row
                    && statuses?.Contains(next.Status) == true
                    && !Add(next, "/" + Upcoming)
                )
                    return new TablePage(rows.ToImmutable(), last);
            }
        }

        return new TablePage(rows.ToImmutable(), null);

        bool Add(GovernanceRow row, string which)
        {
            if (rows.Count == limit)
                return false;
            rows.Add(row);
            last = $"{row.Technology.Id}/{row.Instrument.Id}{which}";
            return true;
        }
    }

    private static int Position(GovernanceTable table, string technology)
    {
        for (var i = 0; i < table.Technologies.Length; i++)
        {
            if (table.Technologies[i].Id == technology)
                return i;
        }

        return -1;
    }
}
