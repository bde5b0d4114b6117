using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The fields of a source: the partial <c>_Source</c> shows them on every form that has a source.</summary>
internal static class SourceFields
{
    public static ImmutableDictionary<string, string> Show(Source source) =>
        new Dictionary<string, string>
        {
            ["source-title"] = source.Title,
            ["source-url"] = source.Url ?? "",
            ["source-read-on"] = FormText.Write(source.ReadOn),
            ["confidence"] = Domain.Json.Word(source.Confidence),
        }.ToImmutableDictionary();

    /// <summary>
    /// Reads the source from a submitted form. Returns null and adds to <paramref name="errors"/> when a field is invalid.
    /// </summary>
    public static Source? Read(IFormCollection form, List<FieldError> errors)
    {
        var errorsBefore = errors.Count;
        var title = form.Text("source-title");
        var url = form.Text("source-url");
        if (title is null or { Length: > PolicyValidator.MaxTextLength })
            errors.Add(
                new(
                    "source-title",
                    $"Enter the source in 1 to {PolicyValidator.MaxTextLength} characters: the order, the ordinance or the web page."
                )
            );
        if (url is not null && !IsAllowed(url))
            errors.Add(new("source-url", $"“{url}” is not a web address that begins with https://."));
        if (!FormText.TryDate(form["source-read-on"], out var readOn))
            errors.Add(new("source-read-on", "Enter the date on which the source was read, as YYYY-MM-DD."));
        if (!Domain.Json.TryWord<Confidence>(form["confidence"], out var confidence))
            errors.Add(new("confidence", "Choose the confidence in the source."));
        return errors.Count > errorsBefore ? null : new Source(title!, url, readOn, confidence);
    }

    private static bool IsAllowed(string url) => url.Length <= PolicyValidator.MaxTextLength && Source.IsLink(url);
}
