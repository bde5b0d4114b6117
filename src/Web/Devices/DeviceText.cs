using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Values of devices in a language, with the same texts for captures and modes as notices.</summary>
internal sealed class DeviceText(Wording wording)
{
    /// <summary>The texts in English, for pages that have no translation.</summary>
    private static readonly DeviceText English = new(Wording.English);

    /// <summary>The name of a kind of device in English; its id for a kind that the registry does not have.</summary>
    public static string Kind(string id) => English.NameOf(id);

    /// <summary>The name of a kind of device; its id for a kind that the registry does not have.</summary>
    public string NameOf(string id) => DeviceKind.Find(id) is null ? id.Replace('-', ' ') : wording.Say("kind." + id);

    public string For(Capture capture) => wording.Say("capture." + Json.Word(capture));

    public string For(Mode mode) => wording.Say("mode." + Json.Word(mode));

    public string For(Lifecycle lifecycle) => wording.Say("lifecycle." + Json.Word(lifecycle));

    public string For(RuleStatus status) => wording.Say("status." + Json.Word(status));

    public string For(Evidence evidence) => wording.Say("evidence." + Json.Word(evidence));

    /// <summary>Captures as a list: <c>video and audio</c>.</summary>
    public string List(IEnumerable<Capture> captures) => wording.List([.. captures.Select(For)]);

    /// <summary>
    /// A report, sensor by sensor; "nothing yet" for a device that never reported. A report of which every mode is in doubt says nothing
    /// any more: the device may be doing anything. A sensor of which the report says nothing may be recording.
    /// </summary>
    /// <param name="sensors">The sensors that the device has.</param>
    public string For(CaptureReport? report, IEnumerable<Capture> sensors)
    {
        if (report is not { } reported)
            return wording.Say("report.none");
        var unknown = wording.Say("presence.unknown");
        return reported.Captures.Any()
            ? string.Join(
                wording.Say("report.separator"),
                reported
                    .Captures.Union(sensors)
                    .Order()
                    .Select(capture =>
                        wording.Say("fact.line", ("capture", For(capture)), ("mode", reported[capture] is { } mode ? For(mode) : unknown))
                    )
            )
            : unknown;
    }

    /// <summary>Whether a device reports now and, where it does not and its notice includes it, that it may be recording.</summary>
    public string For(CoveringDevice covering)
    {
        ArgumentNullException.ThrowIfNull(covering);
        var state =
            !covering.IsInScope ? "not-expected"
            : covering is { IsElsewhere: false, Last: { IsHeard: true } heard }
                ? heard.Presence is PresenceState.Docked ? "docked"
                    : "reporting"
            : Unheard(covering.IsElsewhere ? null : covering.Last?.Presence);
        return wording.Say("presence." + state);
    }

    /// <summary>A state of the past.</summary>
    public string For(StateInterval interval)
    {
        ArgumentNullException.ThrowIfNull(interval);
        var state = interval.Presence switch
        {
            _ when interval.Evidence is Evidence.Registry => "unknown",
            PresenceState.Online => "reporting",
            PresenceState.Late => "late",
            PresenceState.Docked => "docked",
            PresenceState.Unknown or PresenceState.Silent or PresenceState.Disconnected => Unheard(interval.Presence),
            _ => throw new ArgumentOutOfRangeException(nameof(interval), interval.Presence, null),
        };
        return wording.Say("state." + state);
    }

    /// <summary>
    /// The registered status, in English, of a device that should not capture anything; null for an active one.
    /// </summary>
    public static string? NotInUse(Lifecycle lifecycle) => lifecycle is Lifecycle.Active ? null : English.For(lifecycle);

    private static string Unheard(PresenceState? presence) =>
        presence switch
        {
            PresenceState.Silent => "silent",
            PresenceState.Disconnected => "disconnected",
            null or PresenceState.Unknown or PresenceState.Online or PresenceState.Late or PresenceState.Docked => "unknown",
            _ => throw new ArgumentOutOfRangeException(nameof(presence), presence, null),
        };
}
