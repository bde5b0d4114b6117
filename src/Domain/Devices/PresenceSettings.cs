namespace SurveillanceRegistry.Domain.Devices;

/// <summary>What a presence partition needs to know of a registered device.</summary>
/// <param name="OwnDeadlineSeconds">The device's own deadline; null when its kind's applies.</param>
public sealed record PresenceSettings(int Number, string Kind, int? OwnDeadlineSeconds)
{
    private DeviceKind KindOf =>
        DeviceKind.Find(Kind) ?? throw new InvalidOperationException($"Device number {Number} has no known kind: '{Kind}'.");

    public int DeadlineSeconds => OwnDeadlineSeconds ?? KindOf.DeadlineSeconds;

    public bool SilenceIsNormal => KindOf.SilenceIsNormal;
}
