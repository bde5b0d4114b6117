namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>Compares names of places by their words: lists write a corner in either order, and abbreviate.</summary>
public static class PlaceWords
{
    private static readonly char[] Separators = [' ', '&', '/', ',', '.', '-', '@', '+', '(', ')', '\t'];

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["street"] = "st",
        ["avenue"] = "ave",
        ["av"] = "ave",
        ["road"] = "rd",
        ["boulevard"] = "blvd",
        ["drive"] = "dr",
        ["place"] = "pl",
        ["north"] = "n",
        ["south"] = "s",
        ["east"] = "e",
        ["west"] = "w",
        ["first"] = "1st",
        ["second"] = "2nd",
        ["third"] = "3rd",
    };

    /// <summary>Whether two names have the same words, in any order.</summary>
    public static bool AreAlike(string one, string other) => Key(one) is { Length: > 0 } key && key == Key(other);

    /// <summary>The words of a name in one form and order.</summary>
    public static string Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var words = name.ToLowerInvariant()
            .Split(Separators, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word is not ("and" or "at"))
            .Select(word => Short.GetValueOrDefault(word, word));
        return string.Join(' ', words.Order(StringComparer.Ordinal));
    }
}
