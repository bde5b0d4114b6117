using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The conflicts of a table that begin after the day that is shown, by each of their rows.</summary>
internal sealed class LaterConflicts(GovernanceTable table, DateOnly day)
{
    private readonly ILookup<(string Technology, string Instrument), ExpectedConflict> _byRow = ExpectedConflict
        .In(table, day)
        .Where(expected => expected.From is not null)
        .SelectMany(
            expected => Rows(expected).Select(row => row.Instrument.Id).Distinct(),
            (expected, instrument) => (Key: (expected.Conflict.One.Technology.Id, instrument), expected)
        )
        .ToLookup(pair => pair.Key, pair => pair.expected);

    public bool Concern(GovernanceRow row) => _byRow.Contains((row.Technology.Id, row.Instrument.Id));

    /// <summary>When a row begins to disagree, and with which texts: <c>from March 1, 2027 on with SPD Manual 16.170</c>.</summary>
    public IEnumerable<string> Of(GovernanceRow row) =>
        _byRow[(row.Technology.Id, row.Instrument.Id)]
            .GroupBy(expected => expected.Beginning)
            .Select(same =>
            {
                string[] others =
                [
                    .. same.SelectMany(Rows)
                        .Where(other => other.Instrument.Id != row.Instrument.Id)
                        .Select(other => other.Instrument.Citation)
                        .Distinct(),
                ];
                return $"{same.Key} with {(others.Length == 0 ? "itself" : PlainLanguage.List(others))}";
            });

    private static GovernanceRow[] Rows(ExpectedConflict expected) => [expected.Conflict.One, expected.Conflict.Other];
}
