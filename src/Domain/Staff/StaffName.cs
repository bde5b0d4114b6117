using System.Text;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>The names of persons and the labels of tokens, as staff pages show them: one line of visible characters.</summary>
public static class StaffName
{
    public const int MaxLength = 120;

    /// <summary>The name in Unicode NFC with single blanks; empty for text that is not well-formed UTF-16.</summary>
    public static string Normalize(string text) =>
        string.Join(' ', (FreeText.Normalize(text, NormalizationForm.FormC) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Returns why a normalised name cannot be stored; null when it can.</summary>
    /// <param name="field">The field of the form that has the name.</param>
    public static Refusal? Check(string normalized, string field) =>
        normalized.Length is 0 or > MaxLength
            ? new Refusal(RefusalCodes.Invalid, $"The name has {normalized.Length} characters: expected 1 to {MaxLength}.", field)
            : FreeText.CheckLine(normalized, MaxLength, field);
}
