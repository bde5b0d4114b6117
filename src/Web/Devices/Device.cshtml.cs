using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Devices.Facts;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>One fixed device: what it does now, which rules apply to it, and its past. Mobile devices have no page of their own.</summary>
public sealed class DeviceModel(
    IDeviceRegister devices,
    IPlaceRegister places,
    IStateHistoryRegister history,
    IWithdrawalRegister withdrawals,
    IGrainFactory grains,
    TimeProvider time
) : PresentPage(time)
{
    /// <summary>The most rows of the table; the API has all.</summary>
    public const int MaxRows = 100;

    private const double StripMinutes = 24 * 60;

    private static readonly string[] FormTimes = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    private GovernanceSnapshot _governance = null!;
    private DeviceWithdrawals? _withdrawals;
    private ImmutableArray<RegisteredDevice> _registered = [];

    public DeviceDescription Described { get; private set; } = null!;

    public string PlaceName { get; private set; } = "";

    public StateHistory Past { get; private set; } = null!;

    /// <summary>The time asked about, as the form sent it.</summary>
    public string AskedAt { get; private set; } = "";

    /// <summary>What the device was doing at that time, in sentences; null when no time was asked about.</summary>
    public string? Answer { get; private set; }

    public bool IsRemoved => Described.Device.Lifecycle == Lifecycle.Removed;

    /// <summary>Whether the notice of its place includes it.</summary>
    public bool IsInScope => new CoveringDevice(Described.Device, Described.Last) { Withdrawals = _withdrawals }.IsInScope;

    public PresenceState Presence => Described.Last?.Presence ?? PresenceState.Unknown;

    public string TechnologyName
    {
        get
        {
            var id = Described.Device.Technology;
            var name = _governance.Table.Technologies.FirstOrDefault(technology => technology.Id == id)?.Name.Trim();
            return Language.Wording.SayOr("technology." + id, name ?? id);
        }
    }

    internal Policies.Text.RegistryLinks Links => new(_governance, "");

    internal DeviceText Text => new(Language.Wording);

    internal DeviceFacts Facts => new(Described, _withdrawals, Language);

    /// <summary>What is known of it beside what it captures; empty when nothing is.</summary>
    internal ImmutableArray<(string Member, string Name, string Sentence)> Known =>
        [.. new KnownFacts(Described.Device, _governance.City, Language).All];

    /// <summary>What the page says when the registry no longer confirms it.</summary>
    internal DeviceFacts Unconfirmed => new(Described, _withdrawals, Language) { IsConfirmed = false };

    public async Task<IActionResult> OnGetAsync(string id, string? at)
    {
        if (
            await devices.FindFixedAsync(id, HttpContext.RequestAborted) is not { } device
            || await grains.Device(id).Describe() is not { } described
        )
            return NotFound();
        _governance = await grains.Governance();
        Language = PageLanguage.For(_governance, QueryParameters.Language(Request.Query, _governance.City));
        Described = described;
        _withdrawals = (await withdrawals.OfDeviceAsync(id, HttpContext.RequestAborted)).FirstOrDefault(gone => gone.Place == device.Place);
        PlaceName =
            (await places.PlacesAsync(HttpContext.RequestAborted)).FirstOrDefault(place => place.Id == device.Place)?.Name ?? device.Place!;
        var now = AsOf;
        Past = await history.FindAsync(id, now.AddMinutes(-StripMinutes), now, HttpContext.RequestAborted);
        _registered = await devices.RegisteredAsync(id, now.AddMinutes(-StripMinutes), now, HttpContext.RequestAborted);
        if (at is { Length: > 0 })
        {
            AskedAt = at;
            Answer = await AnswerAsync(id, at, now);
        }

        Response.StatusCode = IsRemoved ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return Page();
    }

    /// <summary>The captures that may have been made in an interval of the last 24 hours.</summary>
    public IEnumerable<Capture> SensorsOf(StateInterval interval) => SensorsOf(interval, _registered);

    /// <summary>The last 24 hours as a strip: where each state begins and how long it lasts, in minutes.</summary>
    public IEnumerable<(double X, double Width, string State)> Strip
    {
        get
        {
            var now = AsOf;
            foreach (var interval in Past.Intervals)
            {
                var minutes = ((interval.To ?? now) - interval.From).TotalMinutes;
                var state = interval switch
                {
                    { Evidence: Evidence.Registry } => "unseen",
                    { IsHeard: true } => "heard",
                    _ => "not-heard",
                };
                yield return ((interval.From - now).TotalMinutes + StripMinutes, Math.Max(minutes, 1), state);
            }
        }
    }

    /// <summary>
    /// The strip in a sentence: the shares of time in which the device was reporting, not reporting, or could not be observed.
    /// </summary>
    public string Shares
    {
        get
        {
            var shares = Past.Availability(AsOf);
            string Percent(TimeSpan part) => Language.Wording.Number(shares.Whole == TimeSpan.Zero ? 0 : 100 * part / shares.Whole);
            return Language[
                "device.shares",
                ("reporting", Percent(shares.Heard)),
                ("silent", Percent(shares.NotHeard)),
                ("unseen", Percent(shares.Unseen))
            ];
        }
    }

    /// <summary>An instant for programs.</summary>
    public static string Instant(DateTimeOffset at) => Domain.Ledger.LedgerEntry.FormatTime(at);

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>
    /// What the device was doing at a local time of the city. Where clocks are set back that time occurs twice, and there are two
    /// sentences.
    /// </summary>
    private async Task<string> AnswerAsync(string id, string at, DateTimeOffset now)
    {
        if (!DateTime.TryParseExact(at, FormTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return Language["device.then.invalid", ("text", at)];
        var instants = StateHistory.Instants(local, _governance.City);
        if (instants.IsEmpty)
            return Language["device.then.skipped"];
        var sentences = new List<string>();
        foreach (var instant in instants)
        {
            var state = (
                await history.FindAsync(id, instant, instant.Shift(TimeSpan.FromMicroseconds(1)), HttpContext.RequestAborted)
            ).IntervalAt(instant);
            var then = await devices.RegisteredAsync(id, instant, instant.Shift(TimeSpan.FromMicroseconds(1)), HttpContext.RequestAborted);
            sentences.Add(AnswerAt(instant, state, then, now));
        }

        return string.Join(Language["sentence.separator"], sentences);
    }

    /// <param name="registered">What the register said of the device then.</param>
    private IEnumerable<Capture> SensorsOf(StateInterval interval, ImmutableArray<RegisteredDevice> registered) =>
        interval
            .PossibleCaptures(registered, Described.Device)
            .Union(
                // Struck by then, and no person has confirmed since that they are gone.
                (_withdrawals?.Open ?? [])
                    .Where(gone => interval.To is not { } to || gone.At < to)
                    .SelectMany(gone => gone.Captures.Captures)
            );

    private string AnswerAt(DateTimeOffset instant, StateInterval? state, ImmutableArray<RegisteredDevice> then, DateTimeOffset now)
    {
        var at = ("time", Language.Time(instant));
        if (instant > now)
            return Language["device.then.future", at];
        if (state is null or { Evidence: Evidence.Registry })
            return Language["device.then.unseen", at];
        return Language[
            state.IsHeard ? "device.then.reporting" : "device.then.silent",
            at,
            ("report", Text.For(state.Capture, SensorsOf(state, then)))
        ];
    }
}
