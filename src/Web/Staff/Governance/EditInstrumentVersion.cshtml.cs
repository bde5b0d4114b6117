using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>
/// The first step of an edit: the title, dates and source of a version; or a new version that follows the last one.
/// </summary>
[Authorize(StaffPolicies.Editor)]
public sealed class EditInstrumentVersionModel(IGrainFactory grains, IChangeRegister register, TimeProvider time) : FormPageModel
{
    private DraftEditor _editor = null!;

    public ChangeRequest? Draft => _editor.Draft;

    public Instrument Instrument { get; private set; } = null!;

    /// <summary>The instruments that can supersede this one.</summary>
    public IEnumerable<Instrument> Others => _editor.Governance.Table.Instruments.Where(other => other.Id != Instrument.Id);

    /// <summary>The version that is edited; null for a new one.</summary>
    public InstrumentVersion? Version { get; private set; }

    public async Task<IActionResult> OnGetAsync(string instrument, int? version)
    {
        if (!await FindAsync(instrument, version))
            return NotFound();
        Fields = Show(Version ?? NewVersion());
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
            Versions = Version is null
                ? Append(edited)
                : [.. Instrument.Versions.Select(other => other.Number == Version.Number ? edited : other)],
        };
        var saved = await _editor.SaveAsync(grains.Policies(), User, changed, FieldOf);
        return saved.NextStep is { } next ? Redirect(next) : Invalid(saved.Errors);
    }

    private async Task<bool> FindAsync(string instrument, int? version)
    {
        if (
            await DraftEditor.OpenAsync(grains, register, Request, User) is not { } editor
            || editor.Instrument(instrument) is not { } found
        )
            return false;
        _editor = editor;
        Instrument = found;
        Version = found.Versions.FirstOrDefault(candidate => candidate.Number == version);
        return version is null || Version is not null;
    }

    /// <summary>The last version without what is stated anew for each version.</summary>
    private InstrumentVersion NewVersion() =>
        Instrument.Versions[^1] with
        {
            Effective = new EffectivePeriod(null),
            Passed = null,
            Signed = null,
            Filed = null,
            By = null,
            SupersededBy = null,
            Source = new Source("", null, _editor.Governance.City.DayAt(time.GetUtcNow()), Confidence.Sourced),
        };

    /// <summary>
    /// Appends a version. It has the rules of the last version. When the last version has no end, it ends on the day on which the new one
    /// begins.
    /// </summary>
    private ImmutableArray<InstrumentVersion> Append(InstrumentVersion version)
    {
        var last = Instrument.Versions[^1];
        var ended =
            last.Effective is { To: null, Ended: false } && version.Effective.From is { } from
                ? last with
                {
                    Effective = last.Effective with { To = from },
                }
                : last;
        return
        [
            .. Instrument.Versions.SetItem(Instrument.Versions.Length - 1, ended),
            version with
            {
                Number = last.Number + 1,
                Rules = last.Rules,
            },
        ];
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
                    ["from"] = Write(version.Effective.From),
                    ["known-by"] = Write(version.Effective.FromKnownBy),
                    ["to"] = Write(version.Effective.To),
                    ["ended-by"] = Write(version.Effective.EndKnownBy),
                    ["passed"] = Write(version.Passed),
                    ["signed"] = Write(version.Signed),
                    ["filed"] = Write(version.Filed),
                    ["by"] = version.By ?? "",
                    ["superseded-by"] = version.SupersededBy ?? "",
                }
            );

    private static string Write(LawDate? date) => date?.ToString() ?? "";

    private InstrumentVersion Read(IFormCollection form, List<FieldError> errors)
    {
        var (from, to, passed) = (ReadDate(form, "from", errors), ReadDate(form, "to", errors), ReadDate(form, "passed", errors));
        var endedBy = ReadDate(form, "ended-by", errors);
        // A version without a known first day is not in force before it was passed.
        var notBefore = from is null ? passed : null;
        var effective = new EffectivePeriod(from, notBefore, ReadDate(form, "known-by", errors), to, endedBy is not null, endedBy);
        if (form.Text("title") is null)
            errors.Add(new("title", "Enter the title of the law or policy."));
        var source = SourceFields.Read(form, errors);
        return new InstrumentVersion(
            Version?.Number ?? 0,
            form.Text("title") ?? "",
            effective,
            passed,
            ReadDate(form, "signed", errors),
            ReadDate(form, "filed", errors),
            form.Text("by"),
            form.Text("superseded-by"),
            source!,
            Version?.Rules ?? []
        );
    }

    private static LawDate? ReadDate(IFormCollection form, string field, List<FieldError> errors)
    {
        if (form.Text(field) is not { } text)
            return null;
        if (LawDate.TryParse(text, out var date))
            return date;
        errors.Add(new(field, $"“{text}” is not a date: expected YYYY, YYYY-MM or YYYY-MM-DD, only as exact as the source states it."));
        return null;
    }
}
