using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>First step of an edit: a text as a whole, its title, dates and source; or a new text that follows the last one.</summary>
[Authorize("editor")]
public sealed class EditInstrumentVersionModel(IGrainFactory grains, IChangeRegister register, TimeProvider time) : PageModel
{
    private DraftEditor _drafting = null!;

    public ChangeRequest? Draft => _drafting.Draft;

    public Instrument Instrument { get; private set; } = null!;

    public IEnumerable<Instrument> Others => _drafting.Governance.Table.Instruments.Where(one => one.Id != Instrument.Id);

    /// <summary>The text that is changed; null for a new one.</summary>
    public InstrumentVersion? Version { get; private set; }

    public ImmutableDictionary<string, string> Fields { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    public string Value(string field) => Fields.GetValueOrDefault(field, "");

    public async Task<IActionResult> OnGetAsync(string instrument, int? version)
    {
        if (!await FindAsync(instrument, version))
            return NotFound();
        Fields = Show(
            Version
                ?? Instrument.Versions[^1] with
                {
                    Effective = new EffectivePeriod(null),
                    Passed = null,
                    Signed = null,
                    Filed = null,
                    By = null,
                    SupersededBy = null,
                    Source = new Source("", null, _drafting.Governance.City.DayAt(time.GetUtcNow()), Confidence.Sourced),
                }
        );
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string instrument, int? version)
    {
        if (!await FindAsync(instrument, version))
            return NotFound();
        var faults = new List<(string, string)>();
        var text = Read(Request.Form, faults);
        if (faults.Count == 0)
        {
            var changed = Instrument with
            {
                Versions = Version is null
                    ? Following(text)
                    : [.. Instrument.Versions.Select(one => one.Number == Version.Number ? text : one)],
            };
            faults.AddRange(_drafting.Problems(changed).Select(problem => (Field(problem.Where), $"{problem.Where}: {problem.Sentence}")));
            if (faults.Count == 0)
            {
                var kept = await _drafting.KeepAsync(grains.Policies(), User, changed);
                if (kept.Value is { } draft)
                    return Redirect(draft.Proposal.Reason.Length == 0 ? $"/staff/changes/{draft.Id}/why" : $"/staff/changes/{draft.Id}");
                faults.AddRange(kept.Refusals.Select(refusal => ("", refusal.Sentence)));
            }
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        Fields = Request.Form.ToImmutableDictionary(field => field.Key, field => field.Value.ToString());
        Faults = [.. faults];
        return Page();
    }

    /// <summary>
    /// A new text takes over what the last one says of each technology, and the last one ends with the day on which the new one begins.
    /// </summary>
    private ImmutableArray<InstrumentVersion> Following(InstrumentVersion text)
    {
        var last = Instrument.Versions[^1];
        var ended =
            last.Effective is { To: null, Ended: false } && text.Effective.From is { } from
                ? last with
                {
                    Effective = last.Effective with { To = from },
                }
                : last;
        return
        [
            .. Instrument.Versions.SetItem(Instrument.Versions.Length - 1, ended),
            text with
            {
                Number = last.Number + 1,
                Rules = last.Rules,
            },
        ];
    }

    private async Task<bool> FindAsync(string instrument, int? version)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } drafting
            || drafting.Instrument(instrument) is not { } found
        )
            return false;
        (_drafting, Instrument, Version) = (drafting, found, found.Versions.FirstOrDefault(one => one.Number == version));
        return version is null || Version is not null;
    }

    private static string Field(string? where) =>
        where?.Split(" / ")[^1] switch
        {
            "effective" => "from",
            "supersededBy" => "superseded-by",
            "url" => "source-url",
            "source" => "source-title",
            var field => field ?? "",
        };

    private static ImmutableDictionary<string, string> Show(InstrumentVersion text) =>
        new Dictionary<string, string?>
        {
            ["title"] = text.Title,
            ["from"] = text.Effective.From?.ToString(),
            ["known-by"] = text.Effective.FromKnownBy?.ToString(),
            ["to"] = text.Effective.To?.ToString(),
            ["ended-by"] = text.Effective.EndKnownBy?.ToString(),
            ["passed"] = text.Passed?.ToString(),
            ["signed"] = text.Signed?.ToString(),
            ["filed"] = text.Filed?.ToString(),
            ["by"] = text.By,
            ["superseded-by"] = text.SupersededBy,
            ["source-title"] = text.Source.Title,
            ["source-url"] = text.Source.Url,
            ["source-read-on"] = text.Source.ReadOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["confidence"] = Domain.Json.Word(text.Source.Confidence),
        }.ToImmutableDictionary(field => field.Key, field => field.Value ?? "");

    private InstrumentVersion Read(IFormCollection form, List<(string, string)> faults)
    {
        var (from, to, passed) = (Date("from"), Date("to"), Date("passed"));
        var endedBy = Date("ended-by");
        var effective = new EffectivePeriod(from, from is null ? passed : null, Date("known-by"), to, endedBy is not null, endedBy);
        if (Text("title") is null)
            faults.Add(("title", "Give the title of the text."));
        var source = SourceFields.Read(form, faults);
        return new InstrumentVersion(
            Version?.Number ?? 0,
            Text("title") ?? "",
            effective,
            passed,
            Date("signed"),
            Date("filed"),
            Text("by"),
            Text("superseded-by"),
            source!,
            Version?.Rules ?? []
        );

        string? Text(string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

        LawDate? Date(string field)
        {
            if (Text(field) is not { } text)
                return null;
            if (LawDate.TryParse(text, out var date))
                return date;
            faults.Add((field, $"“{text}” is no date: expected YYYY, YYYY-MM or YYYY-MM-DD, only as exact as the source states it."));
            return null;
        }
    }
}

/// <summary>The fields of a source, on every form that has one.</summary>
internal static class SourceFields
{
    /// <summary>The source that was filled in; null, with what is wrong, when it is not one.</summary>
    public static Source? Read(IFormCollection form, List<(string, string)> faults)
    {
        var before = faults.Count;
        var (title, url) = (form["source-title"].ToString().Trim(), form["source-url"].ToString().Trim());
        if (title.Length is 0 or > PolicyValidator.MaxCharacters)
            faults.Add(("source-title", "Name the source: the order, the ordinance, the page that was read."));
        if (
            url.Length > 0
            && (
                !Uri.TryCreate(url, UriKind.Absolute, out var address)
                || address.Scheme != Uri.UriSchemeHttps
                || url.Length > PolicyValidator.MaxCharacters
            )
        )
            faults.Add(("source-url", $"“{url}” is no web address that begins with https://."));
        if (
            !DateOnly.TryParseExact(form["source-read-on"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var readOn)
        )
            faults.Add(("source-read-on", "Give the day on which somebody read the source, as YYYY-MM-DD."));
        if (!Domain.Json.TryWord<Confidence>(form["confidence"], out var confidence))
            faults.Add(("confidence", "Choose how far the source can be trusted."));
        return faults.Count > before ? null : new Source(title, url.Length == 0 ? null : url, readOn, confidence);
    }
}
