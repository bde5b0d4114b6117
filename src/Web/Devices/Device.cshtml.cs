using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>One fixed device: what it does now, what governs it, and what it did. Mobile units have no page of their own.</summary>
public sealed class DeviceModel(IDeviceRegister devices, IPlaceRegister places, IStateHistory history, IGrainFactory grains, TimeProvider time) : PageModel
{
    /// <summary>The most rows of the table; programs get all.</summary>
    public const int MostRows = 100;

    private const double StripMinutes = 24 * 60;

    private Governance _governance = null!;

    public DeviceDescription Described { get; private set; } = null!;

    public string PlaceName { get; private set; } = "";

    public StateHistory Past { get; private set; } = null!;

    /// <summary>What was asked for, as the form sent it.</summary>
    public string AskedAt { get; private set; } = "";

    /// <summary>What it was doing then, in a sentence; null when nothing was asked.</summary>
    public string? Answer { get; private set; }

    public bool IsRemoved => Described.Device.Lifecycle == Lifecycle.Removed;

    internal Policies.Links Links => new(_governance, "");

    public PresenceState Presence => Described.Last?.Presence ?? PresenceState.Unknown;

    public async Task<IActionResult> OnGetAsync(string id, string? at)
    {
        if (await devices.FindAsync(id, HttpContext.RequestAborted) is not { KindOf.IsMobile: false } device || await grains.Device(id).Describe() is not { } described)
            return NotFound();
        _governance = await grains.Governance();
        Described = described;
        PlaceName = (await places.PlacesAsync(HttpContext.RequestAborted)).FirstOrDefault(place => place.Id == device.Place)?.Name ?? device.Place!;
        var now = time.GetUtcNow();
        Past = await history.OfAsync(id, now.AddMinutes(-StripMinutes), now, HttpContext.RequestAborted);
        if (at is { Length: > 0 })
            await AnswerAsync(id, at, now);
        Response.StatusCode = IsRemoved ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return Page();
    }

    private async Task AnswerAsync(string id, string at, DateTimeOffset now)
    {
        AskedAt = at;
        if (!DateTime.TryParseExact(at, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            Answer = $"“{at}” is no day and time: choose them in the form.";
            return;
        }

        var instants = StateHistory.Instants(local, _governance.City);
        if (instants.IsEmpty)
        {
            Answer = "There was no such time in the city: the clocks were set forward over it.";
            return;
        }

        var sentences = new List<string>();
        foreach (var instant in instants)
        {
            var then = (await history.OfAsync(id, instant, instant.AddTicks(10), HttpContext.RequestAborted)).At(instant);
            sentences.Add($"{Time(instant)}{(instants.Length > 1 ? $" ({Domain.Ledger.LedgerEntry.Time(instant)})" : "")}: " + (
                instant > now ? "that has not come yet." : then is null || then is { Evidence: Evidence.Registry } ? "the registry could not see it, or did not know it yet. It may have been recording."
                : then.IsHeard ? $"it was heard, and reported {PlainWords.Of(then.Capture)}." : $"it was not heard ({Word(then.Presence)}). It may have been recording; the last that it had reported was {PlainWords.Of(then.Capture)}."));
        }

        Answer = string.Join(" ", sentences);
    }

    public string PresenceInWords => Presence switch
    {
        PresenceState.Online or PresenceState.Late => "It is heard.",
        PresenceState.Docked => "It is in its dock.",
        PresenceState.Silent => $"It has fallen silent, and may be recording. It was last heard {Time(Described.Last!.LastHeardAt)}.",
        PresenceState.Disconnected => $"Its connection broke, and it may be recording. It was last heard {Time(Described.Last!.LastHeardAt)}.",
        _ => Described.Last is { } last ? $"The registry does not know what it does: it may be recording. It was last heard {Time(last.LastHeardAt)}." : "It was never heard, and may be recording.",
    };

    /// <summary>What there is to say, by name.</summary>
    public IEnumerable<(string Name, string Sentence)> Facts
    {
        get
        {
            var (last, expected) = (Described.Last, Described.Expected);
            foreach (var sensor in Described.Device.Sensors.Union(last?.Capture.Captures ?? []))
            {
                var (mode, allowed) = (last?.Capture[sensor], expected?.Capture[sensor]);
                yield return (PlainWords.Sentence(PlainWords.Of(sensor)), (last is { IsHeard: true } && mode is { } said ? $"It reports: {Word(said)}{(last.Since(sensor) is { } since ? $", since {Time(since)}" : "")}." : "Not known now: it may be recording.")
                    + (allowed is null ? "" : allowed is Mode.Off ? " No rule in force that the register holds allows it." : " A rule in force allows it to record."));
            }

            if (expected is not null && last is not null && expected.ExceededBy(last) is { IsEmpty: false } exceeded)
                yield return ("Differs from its rules", $"It takes in more than its rules allow: {string.Join(", ", exceeded.Select(PlainWords.Of))}. Staff look into it.");
            if (expected is not null && last is not null && expected.IsBehind(last))
                yield return ("Version of its rules", $"It applies version {last.RuleVersion}; version {expected.Version} holds.");
            if (last?.SkewSeconds is { } skew && Math.Abs((long)skew) >= Seat.SkewFromSeconds)
                yield return ("Its clock", $"It stands {Math.Abs((long)skew)} seconds {(skew > 0 ? "ahead of" : "behind")} the registry’s. When it is heard, the registry’s clock decides.");
            if (last is { ClockFellBack: true })
                yield return ("Its clock", "It says only what seems old: its clock fell back. A clerk has to look at it.");
        }
    }

    /// <summary>The day as a strip: where each state begins and how long it lasts, in minutes.</summary>
    public IEnumerable<(double X, double Width, string State)> Strip
    {
        get
        {
            var now = time.GetUtcNow();
            foreach (var interval in Past.Intervals)
            {
                var x = (interval.From - now).TotalMinutes + StripMinutes;
                yield return (x, Math.Max(((interval.To ?? now) - interval.From).TotalMinutes, 1), interval.Evidence == Evidence.Registry ? "unseen" : interval.IsHeard ? "heard" : "not-heard");
            }
        }
    }

    public string StripInWords
    {
        get
        {
            var shares = Past.Availability(time.GetUtcNow());
            string Percent(TimeSpan part) => shares.Whole == TimeSpan.Zero ? "0" : (100 * part / shares.Whole).ToString("0.#", CultureInfo.InvariantCulture);
            return $"Of the last 24 hours it was heard for {Percent(shares.Heard)} %, not heard for {Percent(shares.NotHeard)} %; for {Percent(shares.Unseen)} % the registry itself could not see, or did not know it yet.";
        }
    }

    public string Time(DateTimeOffset at) => PlainWords.Time(_governance.City.LocalTime(at));

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Word<T>(T value) where T : struct, Enum => Json.Word(value).Replace('-', ' ');
}
