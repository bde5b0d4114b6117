namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>A part of a document, and the list to which its problems are added.</summary>
internal readonly record struct ProblemLocation(string Where, List<Refusal> Problems)
{
    public ProblemLocation this[string part] => this with { Where = $"{Where} / {part}" };

    public void Add(string found, string expected) =>
        Problems.Add(new Refusal(RefusalCodes.Invalid, $"Found {found}; expected {expected}.", Where));

    /// <summary>A value in a problem's sentence, cut off when it is long.</summary>
    public static string Quote(string text) => text.Length <= 80 ? $"'{text}'" : $"'{text[..80]}…'";
}
