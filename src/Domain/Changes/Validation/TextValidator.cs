using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>
/// Checks every text of a document, wherever it is: one line that every page, screen and signature can show, and no markup.
/// </summary>
internal static partial class TextValidator
{
    public static void Check(JsonNode? node, ProblemLocation at, bool mayBeBlank) =>
        ForEachText(node, at, (text, where) => CheckText(text, where, mayBeBlank));

    /// <summary>Checks only the characters: a draft may be blank in places, and staff must still be able to read it.</summary>
    public static void CheckCharacters(JsonNode? node, ProblemLocation at) =>
        ForEachText(
            node,
            at,
            (text, where) =>
            {
                if (FreeText.FindProblem(text, PolicyValidator.MaxTextLength) is var (found, expected))
                    where.Add(found, expected);
            }
        );

    /// <summary>Whether a page could take a part of the text for markup.</summary>
    public static bool HasMarkup(string text) => Markup().IsMatch(text);

    private static void ForEachText(JsonNode? node, ProblemLocation at, Action<string, ProblemLocation> check)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                    ForEachText(value, at[name], check);
                break;
            case JsonArray items:
                foreach (var item in items)
                    ForEachText(item, ItemLocation(item, at), check);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                check(text, at);
                break;
        }
    }

    private static ProblemLocation ItemLocation(JsonNode? item, ProblemLocation at) =>
        item is JsonObject members && (members["number"] ?? members["technology"] ?? members["id"]) is JsonValue key
            ? at with
            {
                Where = $"{at.Where} {key}",
            }
            : at;

    private static void CheckText(string text, ProblemLocation at, bool mayBeBlank)
    {
        if (!mayBeBlank && string.IsNullOrWhiteSpace(text))
            at.Add("a blank text", $"1 to {PolicyValidator.MaxTextLength} characters");
        else if (FreeText.FindProblem(text, PolicyValidator.MaxTextLength) is var (found, expected))
            at.Add(found, expected);
        else if (HasMarkup(text))
            at.Add("markup", "plain text without < before a letter");
    }

    [GeneratedRegex("<[A-Za-z/!?]")]
    private static partial Regex Markup();
}
