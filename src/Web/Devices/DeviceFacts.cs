using System.Diagnostics;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>What the page of a device says about it now, in a language.</summary>
internal sealed class DeviceFacts(DeviceDescription described, DeviceWithdrawals? withdrawals, PageLanguage language)
{
    private readonly DeviceText _text = new(language.Wording);

    /// <summary>Whether the registry confirms it now. If not, it may be doing everything that it can.</summary>
    public bool IsConfirmed { get; init; } = true;

    private CoveringDevice Covering => new(described.Device, described.Last) { Withdrawals = withdrawals };

    private bool IsRemoved => described.Device.Lifecycle is Lifecycle.Removed;

    /// <summary>Whether the device should not capture anything, whatever the rules allow.</summary>
    private bool IsInactive => described.Device.Lifecycle is not Lifecycle.Active;

    private string Status => _text.For(described.Device.Lifecycle);

    /// <summary>Whether it reports, and when it last did.</summary>
    public string Presence
    {
        get
        {
            // Since the page was confirmed, a removed or planned device may have given a sign of life.
            if (!IsConfirmed)
                return language["device.presence.unconfirmed", ("time", language.Time(described.Last?.LastHeardAt))];
            if (!Covering.IsInScope)
                return language[IsRemoved ? "device.presence.removed" : "device.presence.planned"];
            if (described.Last?.LastHeardAt is null)
                return language["device.presence.never"];
            var state = described.Last.Presence switch
            {
                PresenceState.Online or PresenceState.Late => "reporting",
                PresenceState.Docked => "docked",
                PresenceState.Silent => "silent",
                PresenceState.Disconnected => "disconnected",
                PresenceState.Unknown => "unknown",
                _ => throw new UnreachableException($"{described.Last.Presence} has no name."),
            };
            return language["device.presence." + state, ("time", language.Time(described.Last.LastHeardAt))];
        }
    }

    /// <summary>Each sensor, and whatever differs from what is expected: a heading and a sentence.</summary>
    public IEnumerable<(string Name, string Sentence)> All =>
        [.. Covering.AllSensors.Select(sensor => (language.Wording.Capitalize(_text.For(sensor)), Sensor(sensor))), .. Differences()];

    private string Sensor(Capture sensor)
    {
        var reported = Reported(sensor);
        return Allowed(sensor) is { } allowed ? reported + language["sentence.separator"] + allowed : reported;
    }

    private string Reported(Capture sensor)
    {
        if (IsConfirmed && described.Last is { IsHeard: true } last && last.Capture[sensor] is { } mode)
            return last.Since(sensor) is { } since
                ? language["device.reports.since", ("mode", _text.For(mode)), ("time", language.Time(since))]
                : language["device.reports", ("mode", _text.For(mode))];
        return language[Covering.IsInScope || !IsConfirmed ? "device.reports.maybe" : "device.reports.nothing"];
    }

    /// <summary>
    /// What the rules allow; null where nothing is expected. An inactive device is expected to capture nothing because of its status: that
    /// no rule allows it would state as law what is only registered of the device.
    /// </summary>
    private string? Allowed(Capture sensor) =>
        described.Expected?.Capture[sensor] switch
        {
            null => null,
            Mode.Off when IsInactive => language["device.not-active", ("lifecycle", Status)],
            Mode.Off => language["device.not-allowed"],
            Mode.Live or Mode.Recorded => language["device.allowed"],
            var mode => throw new UnreachableException($"{mode} has no name."),
        };

    private IEnumerable<(string Name, string Sentence)> Differences()
    {
        if (!IsConfirmed || described.Last is not { } last)
            yield break;
        if (described.Expected is { } expected)
        {
            if (expected.ExceededBy(last) is { IsEmpty: false } exceeded)
                yield return Exceeded(_text.List(exceeded));
            if (expected.IsBehind(last))
                yield return (
                    language["device.rule-version"],
                    language["device.rule-version.text", ("applied", $"{last.RuleVersion}"), ("current", $"{expected.Version}")]
                );
        }

        if (last.SkewSeconds is { } skew && Math.Abs((long)skew) >= DevicePresence.SkewThresholdSeconds)
            yield return (
                language["device.clock"],
                language[skew > 0 ? "device.clock.ahead" : "device.clock.behind", ("seconds", $"{Math.Abs((long)skew)}")]
            );
        if (last.ClockFellBack)
            yield return (language["device.clock"], language["device.clock.set-back"]);
    }

    private (string Name, string Sentence) Exceeded(string captures) =>
        IsInactive
            ? (language["device.exceeds-status"], language["device.exceeds-status.text", ("lifecycle", Status), ("captures", captures)])
            : (language["device.exceeds-rules"], language["device.exceeds-rules.text", ("captures", captures)]);
}
