using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// Devices in words that people use: no code of the register, and of what a device takes in the same words as its notice. Spanish where a
/// notice is read in Spanish, English otherwise.
/// </summary>
internal sealed class DeviceText(Wording wording)
{
    private bool IsSpanish => wording.Language == "es";

    /// <summary>The words of a language of the city's notices; of the first one where it has no such.</summary>
    public static DeviceText In(GovernanceSnapshot governance, string language = "en") =>
        new(governance.Wordings.FirstOrDefault(one => one.Language == language) ?? governance.Wordings[0]);

    /// <summary>What a kind is called, in English.</summary>
    public static string Kind(string id) =>
        id switch
        {
            "holding-cell-camera" => "holding-cell camera",
            "interview-room-camera" => "interview-room camera",
            "public-cctv" => "police camera in a public place",
            "red-light-camera" => "red-light camera",
            "alpr-fixed" => "fixed license plate reader",
            "alpr-patrol" => "license plate reader of a patrol car",
            "alpr-parking" => "license plate reader of parking enforcement",
            "body-worn" => "body-worn camera",
            "in-car" => "in-car camera",
            _ => id.Replace('-', ' '),
        };

    /// <summary>What a kind is called.</summary>
    public string NameOf(string kind) =>
        !IsSpanish
            ? Kind(kind)
            : kind switch
            {
                "facility-camera" => "cámara de instalaciones",
                "holding-cell-camera" => "cámara de celda de detención",
                "interview-room-camera" => "cámara de sala de interrogatorio",
                "public-cctv" => "cámara policial en un lugar público",
                "traffic-camera" => "cámara de tráfico",
                "red-light-camera" => "cámara de semáforo en rojo",
                "speed-camera" => "cámara de velocidad",
                "alpr-fixed" => "lector fijo de placas de vehículos",
                _ => Kind(kind),
            };

    /// <summary>What a sensor takes in.</summary>
    public string Of(Capture capture) => wording.Say("capture." + Json.Word(capture));

    /// <summary>What a sensor does.</summary>
    public string Of(Mode mode) =>
        mode is Mode.Off
            ? IsSpanish
                ? "apagado"
                : "off"
            : wording.Say("mode." + Json.Word(mode));

    /// <summary>Sensors, as a list.</summary>
    public string Of(IEnumerable<Capture> captures) => wording.List([.. captures.Select(Of)]);

    /// <summary>What was reported, sensor by sensor.</summary>
    public string Of(CaptureReport? report) =>
        report is { } said && said.Captures.Any()
            ? string.Join("; ", said.Captures.Select(capture => $"{Of(capture)}: {Of(said[capture]!.Value)}"))
        : IsSpanish ? "aún nada"
        : "nothing yet";

    /// <summary>Where a device stands in its life.</summary>
    public string Of(Lifecycle lifecycle) =>
        (IsSpanish, lifecycle) switch
        {
            (false, Lifecycle.Active) => "in use",
            (false, Lifecycle.Installed) => "installed, not in use",
            (false, _) => Json.Word(lifecycle),
            (_, Lifecycle.Planned) => "planificado",
            (_, Lifecycle.Installed) => "instalado, sin uso",
            (_, Lifecycle.Active) => "en uso",
            (_, Lifecycle.Paused) => "en pausa",
            _ => "retirado",
        };

    /// <summary>Whether a device is heard; where it is not and its notice counts it in, what that means.</summary>
    public string Heard(CoveringDevice covering)
    {
        ArgumentNullException.ThrowIfNull(covering);
        if (!covering.IsInScope)
            return IsSpanish ? "no se espera nada de él" : "nothing is expected of it";
        if (covering.Last is { IsHeard: true } heard)
            return heard.Presence is PresenceState.Docked
                ? IsSpanish
                    ? "en su base"
                    : "in its dock"
                : IsSpanish
                    ? "se recibe"
                    : "heard";
        var may = IsSpanish ? ": es posible que grabe" : ": may be recording";
        return (covering.Last?.Presence, IsSpanish) switch
            {
                (PresenceState.Silent, false) => "silent",
                (PresenceState.Silent, true) => "en silencio",
                (PresenceState.Disconnected, false) => "connection broke",
                (PresenceState.Disconnected, true) => "conexión perdida",
                (_, false) => "not known",
                _ => "se desconoce",
            } + may;
    }

    /// <summary>A state of the past, in English.</summary>
    public static string Of(StateInterval interval)
    {
        ArgumentNullException.ThrowIfNull(interval);
        return interval.Evidence is Evidence.Registry
            ? "not known: it may have been recording"
            : interval.Presence switch
            {
                PresenceState.Online => "heard",
                PresenceState.Late => "heard, late",
                PresenceState.Docked => "in its dock",
                PresenceState.Silent => "silent: it may have been recording",
                PresenceState.Disconnected => "connection broke: it may have been recording",
                _ => "not known: it may have been recording",
            };
    }

    /// <summary>How a state of the past is known, in English.</summary>
    public static string Of(Evidence evidence) =>
        evidence switch
        {
            Evidence.Heartbeat => "its own report",
            Evidence.Deadline => "no report came in time",
            Evidence.Death => "its connection broke",
            Evidence.Flapping => "its connection came and went",
            _ => "the registry could not see it, or did not know it yet",
        };

    /// <summary>What is registered of a device that is not to take in anything; null for one that is in use.</summary>
    public static string? NotInUse(Lifecycle lifecycle) =>
        lifecycle switch
        {
            Lifecycle.Active => null,
            Lifecycle.Installed => "installed and not yet in use",
            _ => Json.Word(lifecycle),
        };
}
