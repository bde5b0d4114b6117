using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Registers.Lists;

/// <summary>What a row of a list changes in a register.</summary>
/// <param name="Row">As <see cref="ListRow.Number"/>.</param>
/// <param name="Version">The version that it changes; 0 for what is new.</param>
public sealed record ListedChange<T>(int Row, T Value, int Version)
    where T : class;

/// <summary>A list beside what is registered.</summary>
/// <param name="Changes">What is new or changed, in the order of the list.</param>
/// <param name="Unchanged">How many rows say what is registered.</param>
/// <param name="Missing">The registered ids that the list does not name. A list never takes them away.</param>
public sealed record RegisterComparison<T>(
    ImmutableArray<ListedChange<T>> Changes,
    int Unchanged,
    ImmutableArray<string> Missing,
    ImmutableArray<ListProblem> Problems
)
    where T : class
{
    public int New => Changes.Count(change => change.Version == 0);
}

/// <summary>Compares lists with registers.</summary>
public static class RegisterComparison
{
    /// <summary>Compares every row with the register. A column that the list does not have says nothing.</summary>
    public static RegisterComparison<T> Create<T>(CityList list, ListShape<T> shape, ImmutableArray<RegisterVersion<T>> registered)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(shape);
        if (!list.Problems.IsEmpty || ColumnProblems(list, shape) is { IsEmpty: false })
            return new RegisterComparison<T>([], 0, [], [.. list.Problems, .. list.Problems.IsEmpty ? ColumnProblems(list, shape) : []]);
        var known = registered.ToDictionary(version => shape.IdOf(version.Value), StringComparer.Ordinal);
        var changes = ImmutableArray.CreateBuilder<ListedChange<T>>();
        var problems = ImmutableArray.CreateBuilder<ListProblem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in list.Rows)
        {
            if (problems.Count >= ListProblem.MaxFound)
            {
                problems.Add(ListProblem.TooMany(row.Number));
                break;
            }

            var cells = CellsOf(row, list.Columns);
            var id = cells.GetValueOrDefault(ListShape<T>.Id, "");
            if (!seen.Add(id))
                problems.Add(new ListProblem(row.Number, ListShape<T>.Id, $"'{id}' a second time", "each id once"));
            var before = known.GetValueOrDefault(id);
            if (Read(shape, before?.Value ?? shape.New(id), row.Number, cells, problems) is { } value && !value.Equals(before?.Value))
                changes.Add(new ListedChange<T>(row.Number, value, before?.Number ?? 0));
        }

        return new RegisterComparison<T>(
            changes.ToImmutable(),
            list.Rows.Length - changes.Count,
            [.. known.Keys.Where(id => !seen.Contains(id)).Order(StringComparer.Ordinal)],
            problems.ToImmutable()
        );
    }

    private static ImmutableArray<ListProblem> ColumnProblems<T>(CityList list, ListShape<T> shape)
        where T : class
    {
        string[] taken = [.. shape.Columns, .. HasGeometry(shape) ? (string[])[PlaceLists.Latitude, PlaceLists.Longitude] : []];
        return
        [
            .. list.Columns.Contains(ListShape<T>.Id)
                ? []
                : (ListProblem[])[new ListProblem(0, ListShape<T>.Id, "no such column", "a column of ids")],
            .. list
                .Columns.Where(column => !taken.Contains(column))
                .Select(column => new ListProblem(0, column, "an unknown column", $"only {string.Join(", ", taken)}")),
        ];
    }

    /// <summary>The value that a row says; null when a cell cannot be read or the value cannot be registered.</summary>
    private static T? Read<T>(
        ListShape<T> shape,
        T value,
        int row,
        Dictionary<string, string> cells,
        ImmutableArray<ListProblem>.Builder problems
    )
        where T : class
    {
        var before = problems.Count;
        foreach (var field in shape.Fields)
        {
            if (!cells.TryGetValue(field.Name, out var cell))
                continue;
            if (field.Read(value, cell) is { } read)
                value = read;
            else
                problems.Add(new ListProblem(row, field.Name, $"'{cell}'", field.Expected));
        }

        if (problems.Count == before)
            problems.AddRange(
                shape.Check(value).Select(refusal => new ListProblem(row, refusal.Where?.Split('.')[^1], "it", refusal.Sentence))
            );
        return problems.Count == before ? value : null;
    }

    /// <summary>
    /// The cells of a row by column. A latitude and a longitude, or the geometry of a feature, say where a place is.
    /// </summary>
    private static Dictionary<string, string> CellsOf(ListRow row, ImmutableArray<string> columns)
    {
        var cells = columns
            .Select((column, i) => (column, Cell: i < row.Cells.Length ? row.Cells[i].Trim() : ""))
            .ToDictionary(cell => cell.column, cell => cell.Cell, StringComparer.Ordinal);
        if (row.Position is { } point)
            cells[PlaceLists.Geometry] = new PlaceGeometry(point).ToString();
        else if (row.Coverage is { } area)
            cells[PlaceLists.Geometry] = new PlaceGeometry(area).ToString();
        else if (
            cells.TryGetValue(PlaceLists.Latitude, out var latitude)
            && cells.TryGetValue(PlaceLists.Longitude, out var longitude)
            && !cells.ContainsKey(PlaceLists.Geometry)
        )
            cells[PlaceLists.Geometry] = latitude.Length + longitude.Length == 0 ? "" : $"{latitude}, {longitude}";
        return cells;
    }

    private static bool HasGeometry<T>(ListShape<T> shape)
        where T : class => shape.Columns.Contains(PlaceLists.Geometry);
}
