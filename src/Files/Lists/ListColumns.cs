using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>The names of columns, so that each can be named by a person.</summary>
internal static class ListColumns
{
    private const int ShownCharacters = 40;

    /// <summary>
    /// Trims names; gives a column without a name its letter, and tells columns with the same name apart. Returns why the list is not read
    /// when a name is too long; null when none is.
    /// </summary>
    public static CityList? TryName(IReadOnlyList<string> names, out ImmutableArray<string> columns)
    {
        columns = [];
        if (names.FirstOrDefault(name => name.AsSpan().Trim().Length > CityList.MaxColumnName) is { } found)
            return TooLong(found, 1).List;
        columns = [.. Name(names)];
        return null;
    }

    /// <summary>Says that the name of a column is too long.</summary>
    public static UnreadableListException TooLong(string name, int row) =>
        new(
            $"a column named “{name.AsSpan().Trim()[..ShownCharacters]}…”, {name.Length} characters",
            $"names of columns of at most {CityList.MaxColumnName} characters",
            row
        );

    private static IEnumerable<string> Name(IEnumerable<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, raw) in names.Index())
        {
            var name = raw.Trim() is { Length: > 0 } text ? text : $"column {Letter(index)}";
            var times = seen[name] = seen.GetValueOrDefault(name) + 1;
            yield return times == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({times})");
        }
    }

    private static string Letter(int index) =>
        index < 26 ? ((char)('A' + index)).ToString() : Letter(index / 26 - 1) + (char)('A' + index % 26);
}
