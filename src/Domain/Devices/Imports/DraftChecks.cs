using System.Collections.Immutable;
using System.Text;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>
/// Checks what is sent with a list before it is kept. A mapping that does not fit its list is kept, and told; one that cannot be read again
/// would make the draft useless.
/// </summary>
public static class DraftChecks
{
    /// <summary>The most words of a list that a mapping gives a meaning.</summary>
    public const int MaxWords = 5000;

    /// <summary>The most characters of a text in a mapping.</summary>
    public const int MaxText = 1000;

    /// <summary>The most characters of the name of a sheet, an encoding or a separator.</summary>
    public const int MaxOption = 100;

    /// <summary>Every reason why a mapping and decisions cannot be kept; empty when they can.</summary>
    public static ImmutableArray<Refusal> Check(ListMapping mapping, ImportDecisions decisions)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(decisions);
        return [.. Of(mapping).Concat(Of(decisions)).OfType<Refusal>()];
    }

    private static IEnumerable<Refusal?> Of(ListMapping mapping)
    {
        if (!Identifier.IsValid(mapping.List))
            yield return ListMapping.WrongName(mapping.List is { Length: <= MaxOption } ? mapping.List : "");
        if (mapping.Options is null || mapping.Columns is null || mapping.Defaults is null || mapping.Words is null)
        {
            yield return Invalid("mapping", "A member of the mapping is null: leave it out.");
            yield break;
        }

        var options = mapping.Options;
        foreach (var option in new[] { options.Encoding, options.Separator, options.Sheet }.Where(option => option is not null))
            yield return CheckText(option, MaxOption, "mapping.options");
        foreach (var (name, texts) in new[] { ("columns", mapping.Columns), ("defaults", mapping.Defaults) })
        {
            if (texts.Count > ListFields.All.Length)
                yield return Invalid($"mapping.{name}", $"{texts.Count} {name}: there are {ListFields.All.Length} fields.");
            else
                foreach (var (field, text) in texts)
                    yield return CheckText(field, MaxOption, $"mapping.{name}") ?? CheckText(text, MaxText, $"mapping.{name}");
        }

        if (mapping.Words.Sum(field => field.Value?.Count ?? 0) > MaxWords || mapping.Words.Count > ListFields.All.Length)
            yield return Invalid("mapping.words", $"The mapping gives more than {MaxWords} words a meaning: correct the list itself.");
        else
            foreach (var refusal in mapping.Words.SelectMany(field => OfWords(field.Key, field.Value)))
                yield return refusal;
    }

    private static IEnumerable<Refusal?> OfWords(string field, ImmutableSortedDictionary<string, string>? words) =>
        words is null
            ? [Invalid("mapping.words", "The words of a field are null: leave the field out.")]
            :
            [
                CheckText(field, MaxOption, "mapping.words"),
                .. words.Select(word => CheckText(word.Key, MaxText, "mapping.words") ?? CheckText(word.Value, MaxText, "mapping.words")),
            ];

    private static IEnumerable<Refusal?> Of(ImportDecisions decisions)
    {
        if (decisions.Rows.IsDefault || decisions.Gone.IsDefault)
            yield return Invalid("decisions", "The rows or the devices that are gone are null: leave them out.");
        else if (decisions.Rows.Length > CityList.MaxRows || decisions.Gone.Length > CityList.MaxRows)
            yield return Invalid("decisions", $"More than {CityList.MaxRows} decisions: decide for all others at once.");
        else if (decisions.Rows.Any(row => row is null) || decisions.Gone.Any(gone => gone is null))
            yield return Invalid("decisions", "A decision is null: leave it out.");
        else
            foreach (
                var device in decisions
                    .Rows.Where(row => row.Device is not null)
                    .Select(row => row.Device)
                    .Concat(decisions.Gone.Select(gone => gone.Device))
            )
            {
                if (!Identifier.IsValid(device))
                    yield return Invalid("decisions", "A decision names a device by its id: small letters, digits and hyphens.");
            }
    }

    /// <summary>Names of columns and words of a list may have any character that the list has, but for what no text can store.</summary>
    private static Refusal? CheckText(string? text, int maxLength, string where) =>
        text is null ? Invalid(where, "A text is null: leave it out.")
        : text.Length > maxLength ? Invalid(where, $"A text has {text.Length} characters: expected at most {maxLength}.")
        : text.Contains('\0', StringComparison.Ordinal) ? Invalid(where, "A text has the character U+0000: leave it out.")
        : text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) && !text.Contains('\uFFFD', StringComparison.Ordinal)
            ? Invalid(where, "A text has half a character: expected whole characters.")
        : null;

    private static Refusal Invalid(string where, string sentence) => new(RefusalCodes.Invalid, sentence, where);
}
