using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>
/// The first step of a correction: the title, dates and source of a version. A new version is recorded on the page <c>/staff/amend</c>.
/// </summary>
[Authorize(StaffPolicies.Editor)]
public sealed class EditInstrumentVersionModel(IGrainFactory grains, IChangeRegister register) : FormPageModel
{
    private DraftEditor _editor = null!;

    public ChangeRequest? Draft => _editor.Draft;

    public Instrument Instrument { get; private set; } = null!;

    /// <summary>The instruments that can supersede this one.</summary>
    public IEnumerable<Instrument> Others => _editor.Governance.Table.Instruments.Where(other => other.Id != Instrument.Id);

    /// <summary>The version that is corrected.</summary>
    public InstrumentVersion Version { get; private set; } = null!;

    /// <summary>The revision that the form is drawn from.</summary>
    public int Revision => _editor.RevisionOf(Instrument.Id);

    public async Task<IActionResult> OnGetAsync(string instrument, int? version)
    {
        if (version is null)
            return Redirect($"/staff/amend/{instrument}{Request.QueryString}");
        if (!await FindAsync(instrument, version))
            return NotFound();
        Fields = Show(Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string instrument, int? version)
    {
        if (!await FindAsync(instrument, version))
            return NotFound();
        var errors = new List<FieldError>();
        var edited = Read(Request.Form, errors);
        if (errors.Count > 0)
            return Invalid(errors);
        var changed = Instrument with
        {
            Versions = [.. Instrument.Versions.Select(other => other.Number == Version.Number ? edited : other)],
        };
        // The condition is met: the version takes its place in the order of time, and the one before it ends.
        if (Version.Effective.Condition is not null && edited.Effective.From is not null)
            changed = changed with { Versions = VersionChain.Order(changed.Versions) };
        var saved = await _editor.SaveAsync(grains.Policies(), User, changed, FieldOf);
        return saved.NextStep is { } next ? Redirect(next) : Invalid(saved.Errors);
    }

    private async Task<bool> FindAsync(string instrument, int? version)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } editor
            || editor.Instrument(instrument) is not { } found
            || found.Versions.FirstOrDefault(candidate => candidate.Number == version) is not { } chosen
        )
            return false;
        _editor = editor;
        Instrument = found;
        Version = chosen;
        return true;
    }

    private static string FieldOf(string? where) =>
        where?.Split(" / ")[^1] switch
        {
            "effective" => "from",
            "supersededBy" => "superseded-by",
            "url" => "source-url",
            "source" => "source-title",
            var field => field ?? "",
        };

    private static ImmutableDictionary<string, string> Show(InstrumentVersion version) =>
        SourceFields
            .Show(version.Source)
            .AddRange(
                new Dictionary<string, string>
                {
                    ["title"] = version.Title,
                    ["from"] = DateFields.Show(version.Effective.From),
                    ["not-before"] = DateFields.Show(version.Effective.FromNotBefore),
                    ["known-by"] = DateFields.Show(version.Effective.FromKnownBy),
                    ["condition"] = version.Effective.Condition ?? "",
                    ["to"] = DateFields.Show(version.Effective.To),
                    ["ended-by"] = DateFields.Show(version.Effective.EndKnownBy),
                    ["passed"] = DateFields.Show(version.Passed),
                    ["signed"] = DateFields.Show(version.Signed),
                    ["filed"] = DateFields.Show(version.Filed),
                    ["by"] = version.By ?? "",
                    ["superseded-by"] = version.SupersededBy ?? "",
                }
            );

    /// <summary>The version with the values of the fields that were edited. What a field did not change stays as it was recorded.</summary>
    private InstrumentVersion Read(IFormCollection form, List<FieldError> errors)
    {
        var shown = Show(Version);
        bool IsEdited(string field) => form.ContainsKey(field) && form[field].ToString().Trim() != shown[field].Trim();
        LawDate? Date(string field, LawDate? recorded) => IsEdited(field) ? DateFields.Read(form, field, errors) : recorded;
        string? Text(string field, string? recorded) => IsEdited(field) ? form.Text(field) : recorded;
        if (form.Text("title") is null)
            errors.Add(new("title", "Enter the title of the law or policy."));
        var source = SourceFields.Read(form, errors);
        var passed = Date("passed", Version.Passed);
        return Version with
        {
            Title = Text("title", Version.Title) ?? "",
            Effective = ReadPeriod(passed, Date, Text),
            Passed = passed,
            Signed = Date("signed", Version.Signed),
            Filed = Date("filed", Version.Filed),
            By = Text("by", Version.By),
            SupersededBy = Text("superseded-by", Version.SupersededBy),
            Source = source!,
        };
    }

    private EffectivePeriod ReadPeriod(LawDate? passed, Func<string, LawDate?, LawDate?> date, Func<string, string?, string?> text)
    {
        var recorded = Version.Effective;
        var from = date("from", recorded.From);
        var notBefore = date("not-before", recorded.FromNotBefore);
        // A bound that only said that a text cannot be older than its passing follows the day of passing.
        if (recorded.FromNotBefore == Version.Passed && notBefore == recorded.FromNotBefore)
            notBefore = passed;
        var endedBy = date("ended-by", recorded.EndKnownBy);
        var ended = endedBy == recorded.EndKnownBy ? recorded.Ended : endedBy is not null;
        return new EffectivePeriod(
            from,
            from is null ? notBefore : null,
            date("known-by", recorded.FromKnownBy),
            date("to", recorded.To),
            ended,
            endedBy
        )
        {
            Condition = from is null ? text("condition", recorded.Condition) : null,
        };
    }
}
