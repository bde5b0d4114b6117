using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Devices.Responses;

/// <summary>A credential without its secret.</summary>
/// <param name="From">Since when it is valid.</param>
/// <param name="To">When it was ended; null while it is valid.</param>
/// <param name="NotAfter">When the certificate expires; null for a secret.</param>
internal sealed record CredentialResponse(
    long Number,
    CredentialKind Kind,
    [property: Instant] string From,
    [property: Instant] string? To,
    [property: Instant] string? NotAfter
)
{
    public static CredentialResponse Create(Credential credential) =>
        new(
            credential.Number,
            credential.Kind,
            LedgerEntry.FormatTime(credential.MadeAt),
            Format(credential.EndedAt),
            Format(credential.NotAfter)
        );

    internal static string? Format(DateTimeOffset? at) => at is { } instant ? LedgerEntry.FormatTime(instant) : null;
}

/// <summary>All credentials of a holder.</summary>
/// <param name="Next">Always null: a holder has few.</param>
/// <param name="ClaimUntil">Until when a claim code can be used; null when there is none.</param>
internal sealed record CredentialsResponse(ImmutableArray<CredentialResponse> Items, string? Next, [property: Instant] string? ClaimUntil);

/// <summary>A secret, shown once.</summary>
internal sealed record SecretResponse(string DeviceId, string Secret);

/// <summary>A claim code, shown once. An installer exchanges it for a secret.</summary>
internal sealed record ClaimCodeResponse(string DeviceId, string Code, [property: Instant] string ExpiresAt);

/// <summary>A certificate that was registered.</summary>
internal sealed record CertificateResponse(string DeviceId, long Number, CredentialKind Kind, [property: Instant] string NotAfter);

/// <summary>A gateway and the devices behind it.</summary>
/// <param name="Profile">The profile of the vendor's messages; null when it sends the registry's own.</param>
/// <param name="Devices">Their ids; without mobile devices for a reader who may not read them. Null of the past: each device has a history
/// of its own.</param>
internal sealed record GatewayDevicesResponse(
    string Id,
    string Department,
    string? Profile,
    bool Removed,
    int Version,
    ImmutableArray<string>? Devices
)
{
    public static GatewayDevicesResponse Of(Gateway gateway, ImmutableArray<string>? devices) =>
        new(gateway.Id, gateway.Department, gateway.Profile, gateway.Removed, gateway.Version, devices);
}

/// <summary>An act on a mobile device.</summary>
/// <param name="Body">The details, with the reason.</param>
internal sealed record MobileActResponse(
    [property: Instant] string At,
    string Act,
    Attribution By,
    string Fleet,
    string Department,
    Lifecycle Lifecycle,
    JsonObject? Body
)
{
    public static MobileActResponse From(MobileAct act) =>
        new(
            LedgerEntry.FormatTime(act.At),
            act.Act,
            act.By,
            act.Fleet,
            act.Department,
            act.Lifecycle,
            JsonNode.Parse(act.Body) as JsonObject
        );
}

/// <summary>What the register took of a device from a place.</summary>
/// <param name="Since">When the first open change was made; null when none is open.</param>
/// <param name="Changes">The changes that no other person has confirmed.</param>
/// <param name="KnocksAt">When the removed device last tried to sign in.</param>
/// <param name="ConfirmedAt">When a person last confirmed on the spot.</param>
internal sealed record WithdrawalsResponse(
    string Device,
    string Place,
    CaptureSet Captures,
    [property: Instant] string? Since,
    ImmutableArray<WithdrawalResponse> Changes,
    [property: Instant] string? KnocksAt,
    [property: Instant] string? ConfirmedAt
)
{
    public static WithdrawalsResponse From(DeviceWithdrawals device) =>
        new(
            device.DeviceId,
            device.Place,
            device.Captures,
            CredentialResponse.Format(device.Since),
            [
                .. device.Open.Select(withdrawal => new WithdrawalResponse(
                    withdrawal.Entry,
                    withdrawal.Captures,
                    LedgerEntry.FormatTime(withdrawal.At),
                    withdrawal.By
                )),
            ],
            CredentialResponse.Format(device.KnocksAt),
            CredentialResponse.Format(device.ConfirmedAt)
        );
}

/// <summary>One change of the register that took captures from a place.</summary>
/// <param name="Entry">Number of the ledger entry.</param>
/// <param name="By">The staff id of the person who made it; null for the registry.</param>
internal sealed record WithdrawalResponse(long Entry, CaptureSet Captures, [property: Instant] string At, string? By);
