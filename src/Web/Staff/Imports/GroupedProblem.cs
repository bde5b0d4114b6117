using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Web.Staff.Imports;

/// <summary>One problem of a list, with every row that has it: a column that was not mapped is wrong in each of them.</summary>
/// <param name="FirstRow">The first row that has it; 0 for the whole file.</param>
public sealed record GroupedProblem(int FirstRow, string Where, string What)
{
    /// <summary>The most rows that are named; the others are counted.</summary>
    private const int MaxRows = 3;

    /// <summary>Groups problems by what they say, in the order of their first rows.</summary>
    public static ImmutableArray<GroupedProblem> From(IEnumerable<ListProblem> problems) =>
        [
            .. problems
                .GroupBy(problem => (problem.Column, problem.Found, problem.Expected))
                .Select(group => new GroupedProblem(
                    group.First().Row,
                    Place(group.Key.Column, [.. group.Select(problem => problem.Row)]),
                    Sentence(group.Key.Found, group.Key.Expected)
                )),
        ];

    private static string Place(string? column, int[] rows)
    {
        var named =
            rows is [0, ..] ? "The file"
            : rows is [var one] ? $"Row {one}"
            : $"Rows {string.Join(", ", rows.Take(MaxRows))}{(rows.Length > MaxRows ? $" and {rows.Length - MaxRows} more" : "")}";
        return column is null ? named : $"{named}, column {column}";
    }

    /// <summary>What was found, and what was expected; a rule that refuses says that in a sentence of its own.</summary>
    private static string Sentence(string found, string expected) =>
        expected.EndsWith('.') ? $"found {found}. {expected}" : $"found {found}; expected {expected}.";
}
