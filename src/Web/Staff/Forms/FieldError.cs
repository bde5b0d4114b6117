using System.Collections.Immutable;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Staff.Forms;

/// <summary>What is wrong with a field of a form.</summary>
/// <param name="Field">The id of the field; empty when the error belongs to the form as a whole.</param>
/// <param name="Message">A sentence for the user.</param>
public sealed record FieldError(string Field, string Message)
{
    /// <summary>The pages where what is wrong can be mended; empty when the form itself is that page.</summary>
    public ImmutableArray<FieldLink> Links { get; init; } = [];

    internal static FieldError MissingReason(string field) => new(field, "Enter a reason. It is recorded with the action.");

    /// <summary>Converts refusals whose <see cref="Refusal.Where"/> is the name of a field.</summary>
    /// <param name="fields">Fields whose id on the form differs from the name in the refusal.</param>
    internal static ImmutableArray<FieldError> From(IEnumerable<Refusal> refusals, params (string Where, string Field)[] fields) =>
        [
            .. refusals.Select(refusal => new FieldError(
                fields.FirstOrDefault(field => field.Where == refusal.Where).Field ?? refusal.Where ?? "",
                refusal.Sentence
            )),
        ];
}

/// <summary>A link below an error.</summary>
/// <param name="Text">What the page is about.</param>
public sealed record FieldLink(string Address, string Text);
