using System.Globalization;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>The names of columns, so that each can be named by a person.</summary>
internal static class ListColumns
{
    /// <summary>Trims names; gives a column without a name its letter, and tells columns with the same name apart.</summary>
    public static IEnumerable<string> Name(IEnumerable<string> names)
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
