using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices.Imports;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Imports;

/// <summary>One list: its columns, its rows as they are read, what is to decide, and the acts that record and undo it.</summary>
[Authorize(StaffPolicies.DeviceClerk)]
public sealed class ImportModel(ListImports acts, IListImportRegister register, IPlaceRegister places, IGrainFactory grains) : FormPageModel
{
    /// <summary>The most rows that the page shows as they are read.</summary>
    public const int MaxRows = 20;

    /// <summary>The most problems and questions that the page shows; the API returns all questions.</summary>
    public const int MaxListed = 100;

    private static readonly Dictionary<string, string> Labels = new()
    {
        ["deadlineSeconds"] = "silent after (seconds)",
        ["coverage"] = "area that it covers (GeoJSON polygon)",
        ["directions"] = "looks towards (degrees from north, clockwise)",
        ["mountingHeight"] = "mounting height (metres)",
    };

    private static readonly Dictionary<string, string[]> OtherNames = new()
    {
        ["latitude"] = ["lat", "Lat", "LAT", "Latitude", "LATITUDE"],
        ["longitude"] = ["lon", "Lon", "lng", "Lng", "long", "Longitude", "LONGITUDE"],
        ["name"] = ["Name", "NAME"],
    };

    public ListImport Import { get; private set; } = null!;

    /// <summary>Null when the list is no draft.</summary>
    public ListPreview? Preview { get; private set; }

    public ImmutableArray<Place> Places { get; private set; } = [];

    public ImmutableArray<string> Departments { get; private set; } = [];

    public static IEnumerable<string> Kinds => DeviceKind.All.Where(kind => !kind.IsMobile).Select(kind => kind.Id);

    public int Step =>
        Preview is null ? 4
        : Preview.Devices.IsEmpty || !Preview.Problems.IsEmpty || !Preview.MappingRefusals.IsEmpty ? 2
        : 3;

    public string InspectedOn => Import.Mapping.InspectedOn is { } day ? FormText.Write(day) : "";

    public string Words => Errors.IsEmpty ? MappingForm.WriteWords(Import.Mapping) : Value("words");

    /// <summary>
    /// The column that holds a field; empty when none does. Before the first mapping, a column with a usual other name is suggested: it is
    /// read when the form is sent.
    /// </summary>
    public string ColumnOf(string field) =>
        Import.Mapping.Columns.TryGetValue(field, out var column) ? column
        : Preview!.List.Columns.Contains(field) ? field
        : Import.Mapping.Columns.IsEmpty ? OtherNames.GetValueOrDefault(field, []).FirstOrDefault(Preview.List.Columns.Contains) ?? ""
        : "";

    /// <summary>A field in the words of the device's form: <c>assetNumber</c> is “asset number”.</summary>
    public static string LabelOf(string field) =>
        Labels.TryGetValue(field, out var label)
            ? label
            : string.Concat(field.Select(letter => char.IsAsciiLetterUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));

    /// <summary>What the list calls the device of a row.</summary>
    public string NameOf(int row) =>
        Preview!.Devices.FirstOrDefault(device => device.Row == row) is { } found
            ? found.Name.Length > 0
                ? found.Name
                : found.Device.AssetNumber ?? found.Device.Id
            : "";

    public RowDecision? DecisionOn(int row) => Import.Decisions.Rows.LastOrDefault(decided => decided.Row == row)?.Take;

    public GoneDecision? DecisionOn(string device) => Import.Decisions.Gone.LastOrDefault(decided => decided.Device == device)?.Take;

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (!await FindAsync(id))
            return NotFound();
        await LoadAsync();
        return Page();
    }

    public async Task<IActionResult> OnPostMapAsync(string id)
    {
        if (!await FindAsync(id))
            return NotFound();
        var read = MappingForm.Read(Request.Form, Import.Mapping);
        return read.Value is { } mapping
            ? await ResultAsync(await acts.DecideAsync(Seen(), mapping, null, HttpContext.RequestAborted))
            : await RefusedAsync(FieldError.From(read.Refusals));
    }

    public async Task<IActionResult> OnPostRecordAsync(string id)
    {
        if (!await FindAsync(id))
            return NotFound();
        var form = Request.Form;
        if (form.Text("act") != "record")
            return await ResultAsync(await acts.DecideAsync(Seen(), null, MappingForm.ReadDecisions(form), HttpContext.RequestAborted));
        return form.Text("record-reason") is { } reason
            ? await ResultAsync(
                await acts.RecordAsync(Import, form.Text("seen") ?? "", User, reason, HttpContext.RequestAborted),
                ("reason", "record-reason")
            )
            : await RefusedAsync([FieldError.MissingReason("record-reason")]);
    }

    public async Task<IActionResult> OnPostUndoAsync(string id)
    {
        if (!await FindAsync(id))
            return NotFound();
        return Request.Form.Text("undo-reason") is { } reason
            ? await ResultAsync(await acts.UndoAsync(Import, User, reason, HttpContext.RequestAborted), ("reason", "undo-reason"))
            : await RefusedAsync([FieldError.MissingReason("undo-reason")]);
    }

    /// <summary>The list in the version that the person has seen: another person may have decided since.</summary>
    private ListImport Seen() =>
        Import with
        {
            Version = int.TryParse(Request.Form.Text("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : 0,
        };

    private async Task<IActionResult> ResultAsync(Outcome<ListImport> outcome, params (string Where, string Field)[] fields) =>
        outcome.IsDone ? Redirect($"/staff/imports/{Import.Id}") : await RefusedAsync(FieldError.From(outcome.Refusals, fields));

    private async Task<IActionResult> RefusedAsync(ImmutableArray<FieldError> errors)
    {
        await LoadAsync();
        return Invalid(errors);
    }

    private async Task<bool> FindAsync(string id)
    {
        if (await register.FindAsync(id, HttpContext.RequestAborted) is not { } import)
            return false;
        Import = import;
        return true;
    }

    /// <summary>Loads what the page shows. An act that is done shows nothing: the next page reads the list.</summary>
    private async Task LoadAsync()
    {
        var cancellationToken = HttpContext.RequestAborted;
        Places = await places.PlacesAsync(cancellationToken);
        Departments = [.. (await grains.Governance()).City.Departments.Select(department => department.Id)];
        if (Import.State == ListImportState.Draft)
            Preview = await acts.PreviewAsync(Import, User, cancellationToken);
    }
}
