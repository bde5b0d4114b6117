using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;
using SurveillanceRegistry.Web.Staff.Governance;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>
/// The first step of an amendment: a new version of an instrument from a day on, with new terms for one technology. Its rules for other
/// technologies are those of the version before.
/// </summary>
[Authorize(StaffPolicies.Editor)]
public sealed class AmendModel(IGrainFactory grains, IChangeRegister register, TimeProvider time) : FormPageModel
{
    private DraftEditor _editor = null!;

    public ChangeRequest? Draft => _editor.Draft;

    public Instrument Instrument { get; private set; } = null!;

    /// <summary>The technologies that the instrument governs, when one of them must be chosen first; otherwise empty.</summary>
    public ImmutableArray<Technology> Choices { get; private set; } = [];

    /// <summary>The technology whose terms change.</summary>
    public Technology Technology { get; private set; } = null!;

    /// <summary>
    /// The version whose terms the form begins with: the one from which it was reached, else the last one that is or will be in force.
    /// </summary>
    public InstrumentVersion Template { get; private set; } = null!;

    public Rule Rule => Template.RuleFor(Technology.Id)!;

    /// <summary>The other technologies of the template, whose rules the new version takes over.</summary>
    public IEnumerable<string> Others =>
        Template.Rules.Where(rule => rule.Technology != Technology.Id).Select(rule => NameOf(rule.Technology));

    /// <summary>The revision that the form is drawn from.</summary>
    public int Revision => _editor.RevisionOf(Instrument.Id);

    /// <summary>The query that leads back to the draft; empty when saving starts a new one.</summary>
    public string DraftQuery => Draft is null ? "" : $"?change={Draft.Id}";

    public RuleForm Form =>
        new(
            _editor.Governance.City,
            Value,
            IsSelected,
            AriaInvalid,
            RetentionFields.RowsFor(Rule.Retention.Length, Fields),
            RuleFields.ClassesFor(Rule, _editor.Governance.DataClasses),
            IsNewVersion: true
        );

    public async Task<IActionResult> OnGetAsync(string instrument, string? technology, int? version)
    {
        if (!await FindAsync(instrument, technology, version))
            return NotFound();
        if (Choices.Length > 1)
            return Page();
        if (technology is null)
            return Redirect($"/staff/amend/{instrument}/{Choices[0].Id}{DraftQuery}");
        Fields = RuleFields
            .Show(Rule)
            .AddRange(SourceFields.Show(new Source("", null, Today, Confidence.Sourced)))
            .Add("title", Template.Title);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string instrument, string? technology)
    {
        var template = int.TryParse(Request.Form.Text("template"), CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        if (!await FindAsync(instrument, technology, template) || technology is null)
            return NotFound();
        var errors = new List<FieldError>();
        var entered = Read(Request.Form, errors);
        // What was recorded since the form was opened stays: the new version is added to the newest revision.
        var newest = _editor.OnNewest();
        var recorded = newest.Instrument(instrument)!;
        CheckFirstDay(recorded, entered, errors);
        if (errors.Count > 0)
            return Invalid(errors);
        if (AmendedTerms.Create(recorded, Template, entered, technology) is not { } terms)
            return NotFound();
        if (!terms.Errors.IsEmpty)
            return BeginAgain(newest, recorded, terms);
        var saved = await newest.SaveAsync(
            grains.Policies(),
            User,
            VersionChain.Add(recorded, terms.Added, Today),
            FieldOf,
            Draft is null ? entered.Source : null
        );
        return saved.NextStep is { } next ? Redirect(next) : Invalid(saved.Errors);
    }

    /// <summary>Shows the form again with the terms that hold before the first day, and with what was edited.</summary>
    private PageResult BeginAgain(DraftEditor newest, Instrument recorded, AmendedTerms terms)
    {
        (_editor, Instrument, Template) = (newest, recorded, terms.Before);
        Fields = Request
            .Form.ToFields()
            .RemoveRange(Request.Form.Keys.Where(RuleFields.IsOfList))
            .SetItems(RuleFields.Show(terms.Added.RuleFor(Technology.Id)!))
            .SetItem("title", terms.Added.Title);
        return Refused(terms.Errors);
    }

    private string NameOf(string technology) =>
        _editor.Governance.Table.Technologies.FirstOrDefault(known => known.Id == technology)?.Name.Trim() ?? technology;

    private DateOnly Today => _editor.Governance.City.DayAt(time.GetUtcNow());

    /// <param name="version">The version that the form begins with, when it is law; null for the last one.</param>
    private async Task<bool> FindAsync(string instrument, string? technology, int? version)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } editor
            || editor.Instrument(instrument) is not { Versions.IsEmpty: false } found
        )
            return false;
        _editor = editor;
        Instrument = found;
        if (technology is null)
        {
            var last = found.Versions.LastOrDefault(text => text.Effective.Condition is null) ?? found.Versions[^1];
            var governed = last.Rules.Select(rule => rule.Technology).ToHashSet();
            Choices = [.. editor.Governance.Table.Technologies.Where(known => governed.Contains(known.Id))];
            return !Choices.IsEmpty;
        }

        if (
            editor.Governance.Table.Technologies.FirstOrDefault(known => known.Id == technology) is not { } chosen
            || (
                VersionChain.TermsBefore(found.Versions.Where(text => text.Number <= version), technology, null)
                ?? VersionChain.TermsBefore(found.Versions, technology, null)
            )
                is not { } template
        )
            return false;
        (Technology, Template) = (chosen, template);
        return true;
    }

    private InstrumentVersion Read(IFormCollection form, List<FieldError> errors)
    {
        var from = DateFields.Read(form, "from", errors);
        var condition = form.Text("condition");
        if (form.Text("from") is null && condition is null)
            errors.Add(new("from", "Enter the first day on which the new terms are in force."));
        if (form.Text("from") is not null && condition is not null)
            errors.Add(new("condition", "Enter the first day, or what must happen before: not both."));
        if (form.Text("title") is null)
            errors.Add(new("title", "Enter the title of the law or policy."));
        var passed = DateFields.Read(form, "passed", errors);
        var rule = RuleFields.Read(form, Rule, errors);
        var source = SourceFields.Read(form, errors);
        return Template with
        {
            Number = 0,
            Id = "",
            Title = form.Text("title") ?? "",
            Effective = new EffectivePeriod(from) { Condition = condition },
            Passed = passed,
            Signed = null,
            Filed = null,
            By = form.Text("by"),
            SupersededBy = null,
            Source = source!,
            Rules = [.. Template.Rules.Select(other => other.Technology == Technology.Id ? rule : other)],
        };
    }

    /// <summary>Two versions cannot begin on one day for one technology: the one that is recorded can be changed.</summary>
    private static void CheckFirstDay(Instrument instrument, InstrumentVersion added, List<FieldError> errors)
    {
        var other = instrument.Versions.FirstOrDefault(version =>
            version.Effective.From is { } start
            && added.Effective.From is { } day
            && start.Earliest <= day.Latest
            && day.Earliest <= start.Latest
            && version.Rules.Any(rule => added.RuleFor(rule.Technology) is not null)
        );
        if (other is not null)
            errors.Add(
                new(
                    "from",
                    $"Version {other.Number}, “{other.Title}”, is in force from {PlainLanguage.From(other.Effective)} already. "
                        + $"Enter another first day; or cancel, and change the terms of version {other.Number} on the page of "
                        + $"{instrument.Citation}."
                )
            );
    }

    private static string FieldOf(string? where) =>
        where?.Split(" / ")[^1] switch
        {
            "effective" => "from",
            "condition" => "condition",
            "url" => "source-url",
            "source" => "source-title",
            { } member => RuleFields.FieldOf(member),
            null => "",
        };
}
