using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Records;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Records;

/// <summary>How long the registry stores its own records, and the legal holds on them.</summary>
public sealed class RecordsModel(LegalHoldActs acts, ILegalHoldRegister register, RecordsSchedule schedule, IGrainFactory grains)
    : PageModel
{
    private ImmutableDictionary<string, string> _fields = ImmutableDictionary<string, string>.Empty;

    public City City { get; private set; } = null!;

    public ImmutableArray<LegalHold> Holds { get; private set; } = [];

    public ImmutableArray<FieldError> Errors { get; private set; } = [];

    /// <summary>What was done just now; null otherwise.</summary>
    public string? Done { get; private set; }

    public bool MayAct => User.Is(Role.RecordsOfficer);

    public static string NameOf(HeldRecords records) =>
        records switch
        {
            HeldRecords.Heartbeats => "Single heartbeats of devices",
            HeldRecords.SecurityLog => "Events of the security log",
            _ => throw new ArgumentOutOfRangeException(nameof(records), records, null),
        };

    public int DaysOf(HeldRecords records) => schedule.Days[records];

    public bool IsHeld(HeldRecords records) => Holds.Any(hold => hold.Records == records && hold.ReleasedAt is null);

    public string Value(string field) => _fields.GetValueOrDefault(field, "");

    public string? AriaInvalid(string field) => Errors.Any(error => error.Field == field) ? "true" : null;

    public async Task OnGetAsync(long? placed, long? ended)
    {
        await ReadAsync();
        Done =
            Holds.Any(hold => hold.Entry == placed && hold.ReleasedAt is null) ? $"Legal hold {placed} stands."
            : Holds.Any(hold => hold.Entry == ended && hold.ReleasedAt is not null) ? $"Legal hold {ended} ended."
            : null;
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!MayAct)
            return Forbid();
        var records = Domain.Json.TryWord<HeldRecords>(Request.Form.Text("records"), out var known) ? known : (HeldRecords?)null;
        return await ShowAsync(await acts.PlaceAsync(records, Request.Form.Text("reference"), User, HttpContext.RequestAborted), "placed");
    }

    public async Task<IActionResult> OnPostReleaseAsync()
    {
        if (!MayAct)
            return Forbid();
        _ = long.TryParse(Request.Form.Text("hold"), NumberStyles.None, CultureInfo.InvariantCulture, out var entry);
        return await ShowAsync(await acts.ReleaseAsync(entry, User, HttpContext.RequestAborted), "ended");
    }

    private async Task<IActionResult> ShowAsync(Outcome<LegalHold> outcome, string done)
    {
        if (outcome.Value is { } hold)
            return Redirect($"/staff/records?{done}={hold.Entry}");
        Errors = FieldError.From(outcome.Refusals);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        _fields = Request.Form.ToFields();
        await ReadAsync();
        return Page();
    }

    private async Task ReadAsync()
    {
        City = (await grains.Governance()).City;
        Holds = await register.AllAsync(HttpContext.RequestAborted);
    }
}
