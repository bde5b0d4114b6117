using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The first step of an edit: the rule that a version of an instrument states for a technology.</summary>
[Authorize(StaffPolicies.Editor)]
public sealed class EditRuleModel(IGrainFactory grains, IChangeRegister register) : FormPageModel
{
    private DraftEditor _editor = null!;

    public ChangeRequest? Draft => _editor.Draft;

    public City City => _editor.Governance.City;

    public Instrument Instrument { get; private set; } = null!;

    public InstrumentVersion Version { get; private set; } = null!;

    public Technology Technology { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string instrument, int version, string technology)
    {
        if (!await FindAsync(instrument, version, technology))
            return NotFound();
        Fields = Show(Version.RuleFor(technology) ?? new Rule(technology, [], [], [], new RecordsAccess(RecordsAccessKind.NotKnown), []));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string instrument, int version, string technology)
    {
        if (!await FindAsync(instrument, version, technology))
            return NotFound();
        var errors = new List<FieldError>();
        var rule = Read(Request.Form, technology, errors);
        if (errors.Count > 0)
            return Invalid(errors);
        var saved = await _editor.SaveAsync(grains.Policies(), User, With(rule), where => where?.Split(" / ")[^1] ?? "");
        return saved.NextStep is { } next ? Redirect(next) : Invalid(saved.Errors);
    }

    private async Task<bool> FindAsync(string instrument, int version, string technology)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } editor
            || editor.Instrument(instrument) is not { } foundInstrument
            || foundInstrument.Versions.FirstOrDefault(candidate => candidate.Number == version) is not { } foundVersion
            || editor.Governance.Table.Technologies.FirstOrDefault(known => known.Id == technology) is not { } foundTechnology
        )
            return false;
        _editor = editor;
        Instrument = foundInstrument;
        Version = foundVersion;
        Technology = foundTechnology;
        return true;
    }

    /// <summary>The instrument with the rule added to the version, or in place of the version's rule for the same technology.</summary>
    private Instrument With(Rule rule)
    {
        var rules = Version.RuleFor(rule.Technology) is null
            ? Version.Rules.Add(rule)
            : [.. Version.Rules.Select(other => other.Technology == rule.Technology ? rule : other)];
        return Instrument with
        {
            Versions =
            [
                .. Instrument.Versions.Select(version => version.Number == Version.Number ? version with { Rules = rules } : version),
            ],
        };
    }

    private static ImmutableDictionary<string, string> Show(Rule rule) =>
        new Dictionary<string, string>
        {
            ["capture"] = string.Join(',', rule.Capture.Select(Domain.Json.Word)),
            ["retention"] = string.Join('\n', rule.Retention.Select(RuleText.Write)),
            ["notice"] = string.Join('\n', rule.Notice.Select(RuleText.Write)),
            ["access"] = Domain.Json.Word(rule.RecordsAccess.Access),
            ["access-text"] = rule.RecordsAccess.Text ?? "",
            ["departments"] = string.Join(',', rule.Departments),
            ["purposes"] = string.Join('\n', rule.Purposes),
            ["prohibited"] = string.Join('\n', rule.ProhibitedUses),
            ["sharing"] = rule.Sharing ?? "",
            ["owner"] = rule.Owner ?? "",
            ["review-by"] = rule.ReviewBy is { } date ? FormText.Write(date) : "",
            ["note"] = rule.Note ?? "",
            ["pauses"] = rule.Pauses ? "yes" : "",
        }.ToImmutableDictionary();

    private static Rule Read(IFormCollection form, string technology, List<FieldError> errors) =>
        new(
            technology,
            ReadCapture(form, errors),
            ReadRetention(form, errors),
            ReadNotice(form, errors),
            new RecordsAccess(ReadAccess(form, errors), form.Text("access-text")),
            [.. form["departments"].OfType<string>()],
            form["pauses"] == "yes",
            form.Text("note"),
            RuleText.SplitLines(form["purposes"]),
            RuleText.SplitLines(form["prohibited"]),
            form.Text("sharing"),
            form.Text("owner"),
            ReadReviewBy(form, errors)
        );

    private static ImmutableArray<Capture> ReadCapture(IFormCollection form, List<FieldError> errors)
    {
        var capture = ImmutableArray.CreateBuilder<Capture>();
        foreach (var word in form["capture"])
        {
            if (Domain.Json.TryWord(word, out Capture read))
                capture.Add(read);
            else
                errors.Add(new("capture", $"“{word}” is not a kind of recording."));
        }

        return capture.ToImmutable();
    }

    private static ImmutableArray<Retention> ReadRetention(IFormCollection form, List<FieldError> errors)
    {
        var retention = ImmutableArray.CreateBuilder<Retention>();
        foreach (var line in RuleText.SplitLines(form["retention"]))
        {
            if (RuleText.TryRead(line, out Retention read))
                retention.Add(read);
            else
                errors.Add(new("retention", $"“{line}” cannot be read: expected {RuleText.RetentionExpected}."));
        }

        return retention.ToImmutable();
    }

    private static ImmutableArray<RequiredNotice> ReadNotice(IFormCollection form, List<FieldError> errors)
    {
        var notice = ImmutableArray.CreateBuilder<RequiredNotice>();
        foreach (var line in RuleText.SplitLines(form["notice"]))
        {
            if (RuleText.TryRead(line, out RequiredNotice read))
                notice.Add(read);
            else
                errors.Add(new("notice", $"“{line}” cannot be read: expected {RuleText.NoticeExpected}."));
        }

        return notice.ToImmutable();
    }

    private static RecordsAccessKind ReadAccess(IFormCollection form, List<FieldError> errors)
    {
        if (!Domain.Json.TryWord(form["access"], out RecordsAccessKind access))
            errors.Add(new("access", "Choose whether the public can get the recordings."));
        return access;
    }

    private static DateOnly? ReadReviewBy(IFormCollection form, List<FieldError> errors)
    {
        if (form.Text("review-by") is not { } text)
            return null;
        if (FormText.TryDate(text, out var date))
            return date;
        errors.Add(new("review-by", $"“{text}” is not a date: expected YYYY-MM-DD."));
        return null;
    }
}
