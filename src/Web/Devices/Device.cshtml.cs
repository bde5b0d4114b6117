using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>One fixed device: what it does now, what governs it, and what it did. Mobile units have no page of their own.</summary>
public sealed class DeviceModel(
    IDeviceRegister devices,
    IPlaceRegister places,
    IStateHistoryRegister history,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    /// <summary>The most rows of the table; programs get all.</summary>
    public const int MaxRows = 100;

    private const double StripMinutes = 24 * 60;

    private GovernanceSnapshot _governance = null!;

    public DeviceDescription Described { get; private set; } = null!;

    public string PlaceName { get; private set; } = "";

    public StateHistory Past { get; private set; } = null!;

    /// <summary>What was asked for, as the form sent it.</summary>
    public string AskedAt { get; private set; } = "";

    /// <summary>What it was doing then, in a sentence; null when nothing was asked.</summary>
    public string? Answer { get; private set; }

    public bool IsRemoved => Described.Device.Lifecycle == Lifecycle.Removed;

    internal Policies.Text.RegistryLinks Links => new(_governance, "");

    internal DeviceText Words => DeviceText.In(_governance);

    /// <summary>The name of its technology.</summary>
    public string TechnologyName =>
        _governance.Table.Technologies.FirstOrDefault(one => one.Id == Described.Device.Technology)?.Name.Trim()
        ?? Described.Device.Technology;

    public PresenceState Presence => Described.Last?.Presence ?? PresenceState.Unknown;

    public async Task<IActionResult> OnGetAsync(string id, string? at)
    {
        if (
            await devices.FindAsync(id, HttpContext.RequestAborted) is not { KindOf.IsMobile: false } device
            || await grains.Device(id).Describe() is not { } described
        )
            return NotFound();
        _governance = await grains.Governance();
        Described = described;
        PlaceName =
            (await places.PlacesAsync(HttpContext.RequestAborted)).FirstOrDefault(place => place.Id == device.Place)?.Name ?? device.Place!;
        var now = time.GetUtcNow();
        Past = await history.FindAsync(id, now.AddMinutes(-StripMinutes), now, HttpContext.RequestAborted);
        if (at is { Length: > 0 })
            await AnswerAsync(id, at, now);
        Response.StatusCode = IsRemoved ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return Page();
    }

    private async Task AnswerAsync(string id, string at, DateTimeOffset now)
    {
        AskedAt = at;
        if (
            !DateTime.TryParseExact(
                at,
                ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local
            )
        )
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
            var then = (await history.FindAsync(id, instant, instant.AddTicks(10), HttpContext.RequestAborted)).At(instant);
            sentences.Add(
                $"{Time(instant)}: "
                    + (
                        instant > now ? "that has not come yet."
                        : then is null || then is { Evidence: Evidence.Registry }
                            ? "the registry could not see it, or did not know it yet. It may have been recording."
                        : then.IsHeard ? $"it was heard, and reported {Words.Of(then.Capture)}."
                        : $"it was not heard. It may have been recording; the last that it had reported was {Words.Of(then.Capture)}."
                    )
            );
        }

        Answer = string.Join(" ", sentences);
    }

    /// <summary>Whether the notice of its place counts it in.</summary>
    public bool IsThere => Covering.IsInScope;

    private CoveringDevice Covering => new(Described.Device, Described.Last);

    private string Heard => Described.Last?.LastHeardAt is { } at ? Time(at) : "never";

    public string PresenceInWords =>
        Presence switch
        {
            _ when !IsThere => IsRemoved
                ? "It was removed. The notice of its place does not count it in."
                : "It is planned and not there yet. The notice of its place does not count it in.",
            PresenceState.Online or PresenceState.Late => $"It is heard. It last spoke {Heard}.",
            PresenceState.Docked => $"It is in its dock, and was last heard {Heard}.",
            PresenceState.Silent => $"It has fallen silent, and may be recording. It was last heard {Heard}.",
            PresenceState.Disconnected => $"Its connection broke, and it may be recording. It was last heard {Heard}.",
            _ => Described.Last?.LastHeardAt is not null
                ? $"The registry does not know what it does: it may be recording. It was last heard {Heard}."
                : "It was never heard, and may be recording.",
        };

    /// <summary>What there is to say, by name.</summary>
    public IEnumerable<(string Name, string Sentence)> Facts
    {
        get
        {
            var (last, expected) = (Described.Last, Described.Expected);
            // What is not in use is expected to take in nothing, whatever the rules allow: to say that no rule allows it would print as law
            // what the register only knows of the device.
            var notInUse = DeviceText.NotInUse(Described.Device.Lifecycle);
            foreach (var sensor in Covering.AllSensors)
            {
                var (mode, allowed) = (last?.Capture[sensor], expected?.Capture[sensor]);
                yield return (
                    PlainLanguage.Sentence(Words.Of(sensor)),
                    (
                        last is { IsHeard: true } && mode is { } said
                            ? $"It reports: {Words.Of(said)}{(last.Since(sensor) is { } since ? $", since {Time(since)}" : "")}."
                        : IsThere ? "Not known now: it may be recording."
                        : "Nothing is known of it."
                    )
                        + (
                            allowed is null ? ""
                            : allowed is not Mode.Off ? " A rule in force allows it to record."
                            : notInUse is null ? " No rule in force that the register holds allows it."
                            : $" The register has it as {notInUse}: it is not to take in anything."
                        )
                );
            }

            if (expected is not null && last is not null && expected.ExceededBy(last) is { IsEmpty: false } exceeded)
                yield return notInUse is null
                    ? ("Differs from its rules", $"It takes in more than its rules allow: {Words.Of(exceeded)}.")
                    : ("Differs from the register", $"The register has it as {notInUse}, and it takes in {Words.Of(exceeded)}.");
            if (expected is not null && last is not null && expected.IsBehind(last))
                yield return ("Version of its rules", $"It applies version {last.RuleVersion}; version {expected.Version} holds.");
            if (last?.SkewSeconds is { } skew && Math.Abs((long)skew) >= DevicePresence.SkewThresholdSeconds)
                yield return (
                    "Its clock",
                    $"It stands {PlainLanguage.Count((int)Math.Abs((long)skew), "second")} {(skew > 0 ? "ahead of" : "behind")} the registry’s. When it is heard, the registry’s clock decides."
                );
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
                yield return (
                    x,
                    Math.Max(((interval.To ?? now) - interval.From).TotalMinutes, 1),
                    interval.Evidence == Evidence.Registry ? "unseen"
                    : interval.IsHeard ? "heard"
                    : "not-heard"
                );
            }
        }
    }

    public string StripInWords
    {
        get
        {
            var shares = Past.Availability(time.GetUtcNow());
            string Percent(TimeSpan part) =>
                shares.Whole == TimeSpan.Zero ? "0" : (100 * part / shares.Whole).ToString("0.#", CultureInfo.InvariantCulture);
            return $"Of the last 24 hours it was heard for {Percent(shares.Heard)} %, not heard for {Percent(shares.NotHeard)} %; for {Percent(shares.Unseen)} % the registry itself could not see, or did not know it yet.";
        }
    }

    public string Time(DateTimeOffset at) => CityTime.Format(_governance.City, at);

    public string Exactly(DateTimeOffset at) => CityTime.Exactly(_governance.City, at);

    /// <summary>An instant for programs.</summary>
    public static string Instant(DateTimeOffset at) => Domain.Ledger.LedgerEntry.Time(at);

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Word<T>(T value)
        where T : struct, Enum => Json.Word(value).Replace('-', ' ');
}
