using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>First step of an edit: what a text says of a technology.</summary>
[Authorize("editor")]
public sealed class EditRuleModel(IGrainFactory grains, IChangeRegister register) : PageModel
{
    private DraftEditor _drafting = null!;

    public ChangeRequest? Draft => _drafting.Draft;

    public City City => _drafting.Governance.City;

    public Instrument Instrument { get; private set; } = null!;

    public InstrumentVersion Version { get; private set; } = null!;

    public Technology Technology { get; private set; } = null!;

    /// <summary>The row as the form shows it.</summary>
    public Rule Row { get; private set; } = null!;

    /// <summary>What the form shows for each field: what was sent, or what stands.</summary>
    public ImmutableDictionary<string, string> Fields { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string instrument, int version, string technology)
    {
        if (!await FindAsync(instrument, version, technology))
            return NotFound();
        Fields = Show(Row);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string instrument, int version, string technology)
    {
        if (!await FindAsync(instrument, version, technology))
            return NotFound();
        var faults = new List<(string, string)>();
        var row = Read(Request.Form, technology, faults);
        if (faults.Count == 0)
        {
            var rules = Version.RuleFor(technology) is null
                ? Version.Rules.Add(row)
                : [.. Version.Rules.Select(rule => rule.Technology == technology ? row : rule)];
            var changed = Instrument with
            {
                Versions = [.. Instrument.Versions.Select(one => one.Number == version ? one with { Rules = rules } : one)],
            };
            faults.AddRange(
                _drafting
                    .Problems(changed)
                    .Select(problem => (problem.Where?.Split(" / ")[^1] ?? "", $"{problem.Where}: {problem.Sentence}"))
            );
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

    public bool Has(string field, string word) => Fields.TryGetValue(field, out var value) && value.Split(',').Contains(word);

    public string Value(string field) => Fields.GetValueOrDefault(field, "");

    private async Task<bool> FindAsync(string instrument, int version, string technology)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } drafting
            || drafting.Instrument(instrument) is not { } found
            || found.Versions.FirstOrDefault(one => one.Number == version) is not { } text
            || drafting.Governance.Table.Technologies.FirstOrDefault(one => one.Id == technology) is not { } known
        )
        {
            return false;
        }

        (_drafting, Instrument, Version, Technology) = (drafting, found, text, known);
        Row = text.RuleFor(technology) ?? new Rule(technology, [], [], [], new RecordsAccess(RecordsAccessKind.NotKnown), []);
        return true;
    }

    private static ImmutableDictionary<string, string> Show(Rule row) =>
        new Dictionary<string, string>
        {
            ["capture"] = string.Join(',', row.Capture.Select(Domain.Json.Word)),
            ["retention"] = string.Join('\n', row.Retention.Select(RuleText.Write)),
            ["notice"] = string.Join('\n', row.Notice.Select(RuleText.Write)),
            ["access"] = Domain.Json.Word(row.RecordsAccess.Access),
            ["access-text"] = row.RecordsAccess.Text ?? "",
            ["departments"] = string.Join(',', row.Departments),
            ["purposes"] = string.Join('\n', row.Purposes),
            ["prohibited"] = string.Join('\n', row.ProhibitedUses),
            ["sharing"] = row.Sharing ?? "",
            ["owner"] = row.Owner ?? "",
            ["review-by"] = row.ReviewBy?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
            ["note"] = row.Note ?? "",
            ["pauses"] = row.Pauses ? "yes" : "",
        }.ToImmutableDictionary();

    private static Rule Read(IFormCollection form, string technology, List<(string, string)> faults)
    {
        var capture = form["capture"]
            .Select(word => Domain.Json.TryWord<Capture>(word, out var one) ? one : Fault<Capture>("capture", $"“{word}” is no capture."))
            .ToImmutableArray();
        var retention = RuleText
            .For(form["retention"])
            .Select(line =>
                RuleText.TryRead(line, out Retention one)
                    ? one
                    : Fault<Retention>("retention", $"“{line}” cannot be read: expected {RuleText.RetentionExpected}.")
            )
            .ToImmutableArray();
        var notice = RuleText
            .For(form["notice"])
            .Select(line =>
                RuleText.TryRead(line, out RequiredNotice one)
                    ? one
                    : Fault<RequiredNotice>("notice", $"“{line}” cannot be read: expected {RuleText.NoticeExpected}.")
            )
            .ToImmutableArray();
        var access = Domain.Json.TryWord<RecordsAccessKind>(form["access"], out var word)
            ? word
            : Fault<RecordsAccessKind>("access", "Choose whether the public may have the recordings.");
        DateOnly? reviewBy = null;
        if (form["review-by"].ToString().Trim() is { Length: > 0 } day)
            reviewBy = DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
                ? read
                : Fault<DateOnly?>("review-by", $"“{day}” is no day: expected YYYY-MM-DD.");
        return new Rule(
            technology,
            capture,
            retention,
            notice,
            new RecordsAccess(access, Text("access-text")),
            [.. form["departments"].OfType<string>()],
            form["pauses"] == "yes",
            Text("note"),
            RuleText.For(form["purposes"]),
            RuleText.For(form["prohibited"]),
            Text("sharing"),
            Text("owner"),
            reviewBy
        );

        string? Text(string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

        T Fault<T>(string field, string sentence)
        {
            faults.Add((field, sentence));
            return default!;
        }
    }
}
