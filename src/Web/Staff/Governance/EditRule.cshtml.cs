using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Amendments;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The first step of a correction: the rule that a version of an instrument states for a technology.</summary>
[Authorize(StaffPolicies.Editor)]
public sealed class EditRuleModel(IGrainFactory grains, IChangeRegister register) : FormPageModel
{
    private DraftEditor _editor = null!;

    public ChangeRequest? Draft => _editor.Draft;

    public City City => _editor.Governance.City;

    public Instrument Instrument { get; private set; } = null!;

    public InstrumentVersion Version { get; private set; } = null!;

    public Technology Technology { get; private set; } = null!;

    /// <summary>The rule with which the form was opened; an empty one when the version has none for the technology.</summary>
    public Rule Rule =>
        Version.RuleFor(Technology.Id) ?? new Rule(Technology.Id, [], [], [], new RecordsAccess(RecordsAccessKind.NotKnown), []);

    /// <summary>The revision that the form is drawn from.</summary>
    public int Revision => _editor.RevisionOf(Instrument.Id);

    public RuleForm Form =>
        new(
            City,
            Value,
            IsSelected,
            AriaInvalid,
            RetentionFields.RowsFor(Rule.Retention.Length, Fields),
            RuleFields.ClassesFor(Rule, _editor.Governance.DataClasses),
            IsNewVersion: false
        );

    public async Task<IActionResult> OnGetAsync(string instrument, int version, string technology)
    {
        if (!await FindAsync(instrument, version, technology))
            return NotFound();
        Fields = RuleFields.Show(Rule);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string instrument, int version, string technology)
    {
        if (!await FindAsync(instrument, version, technology))
            return NotFound();
        var errors = new List<FieldError>();
        var rule = RuleFields.Read(Request.Form, Rule, errors);
        if (errors.Count > 0)
            return Invalid(errors);
        var saved = await _editor.SaveAsync(
            grains.Policies(),
            User,
            With(rule),
            where => RuleFields.FieldOf(where?.Split(" / ")[^1] ?? "")
        );
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
}
