using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Web.Devices;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>The state of a device in words, for its staff page.</summary>
internal static class DeviceStateText
{
    /// <summary>The reported mode of a sensor, and the mode that the rules permit.</summary>
    public static string ForSensor(Capture sensor, Lifecycle lifecycle, DeviceObservation? last, ExpectedState? expected)
    {
        var reported = last is { IsHeard: true } heard && heard.Capture[sensor] is { } mode ? $"reports {Spaced(mode)}" : "not known now";
        return expected?.Capture[sensor] is { } permitted ? $"{reported}; {ForPermitted(permitted, lifecycle)}" : reported;
    }

    /// <summary>How a session ended.</summary>
    public static string For(SessionEnd end) =>
        end switch
        {
            SessionEnd.ConnectionLost => "The connection was lost.",
            SessionEnd.KeepAlive => "The device sent nothing for longer than its keep-alive allows.",
            SessionEnd.Farewell => "The device disconnected normally.",
            SessionEnd.FarewellWithWill => "The device disconnected and asked the registry to publish its will.",
            SessionEnd.ClientError => "The device disconnected because of an error of its own.",
            SessionEnd.TakenOver => "The device signed in on another connection and has sent no heartbeat on it yet.",
            SessionEnd.Refused => "The registry disconnected the device because of what it sent, or because it was too slow.",
            SessionEnd.NotAuthorized => "The device’s credential is no longer valid.",
            SessionEnd.Registry => "The registry disconnected the device because of a fault of its own. The device should reconnect.",
            SessionEnd.DeathMessage => "The device or its gateway published a death message.",
            _ => throw new ArgumentOutOfRangeException(nameof(end)),
        };

    /// <summary>The captures that a change took from the register.</summary>
    public static string ForWithdrawn(CaptureSet captures) => PlainLanguage.Sentence(string.Join(", ", captures.Captures.Select(Spaced)));

    /// <summary>The reason that was given for an action.</summary>
    public static string ReasonOf(MobileAct act) => JsonNode.Parse(act.Body)!["reason"]?.GetValue<string>() ?? "";

    public static string Spaced<T>(T value)
        where T : struct, Enum => Domain.Json.Word(value).Replace('-', ' ');

    private static string ForPermitted(Mode permitted, Lifecycle lifecycle)
    {
        if (permitted is not Mode.Off)
            return $"its rules permit {Spaced(permitted)}";
        return DeviceText.NotInUse(lifecycle) is { } state ? $"no capture is permitted while it is {state}" : "no rule in force permits it";
    }
}
