using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// Every kind of ledger entry, and of act on a mobile device. Kinds are public and stand in stored entries: add new ones, never change or
/// reuse one.
/// </summary>
public static class LedgerKinds
{
    /// <summary>The registry was seeded from files; always the first entry. Migration 0002 writes it too, for older databases.</summary>
    public const string RegistryOpened = "registry-opened";

    /// <summary>A revision of a policy document, with its content or, when that is too large, only its hash.</summary>
    public const string DocumentRecorded = "document-recorded";

    /// <summary>A day began on which another rule took effect for a technology.</summary>
    public const string RuleSwitched = "rule-switched";

    /// <summary>A signed notice of a place, by its hash.</summary>
    public const string NoticeIssued = "notice-issued";

    /// <summary>A staff member's roles, account or API tokens changed.</summary>
    public const string StaffRightChanged = "staff-right-changed";

    /// <summary>A place was registered.</summary>
    public const string PlaceRegistered = "place-registered";

    /// <summary>A place was renamed, retired or brought back, or what was said of it was corrected.</summary>
    public const string PlaceChanged = "place-changed";

    /// <summary>A screen was registered.</summary>
    public const string KioskRegistered = "kiosk-registered";

    /// <summary>A screen was moved to another place, retired or brought back, or what was said of it was corrected.</summary>
    public const string KioskChanged = "kiosk-changed";

    public const string DeviceRegistered = "device-registered";

    public const string DeviceChanged = "device-changed";

    /// <summary>A person confirmed on the spot that what the register took from a place is gone.</summary>
    public const string AbsenceConfirmed = "absence-confirmed";

    /// <summary>A clerk let a device whose clock was set back start a new sequence of heartbeats.</summary>
    public const string DeviceClockReset = "device-clock-reset";

    /// <summary>The first device of a fleet with a technology was registered.</summary>
    public const string FleetRegistered = "fleet-registered";

    /// <summary>The department of a fleet and the places that its people work from were set from a file.</summary>
    public const string FleetBased = "fleet-based";

    /// <summary>A fleet was added to the register before any device of it.</summary>
    public const string FleetAdded = "fleet-added";

    /// <summary>A fleet was named, moved to other places, given to another department, retired or brought back, or corrected.</summary>
    public const string FleetRevised = "fleet-revised";

    /// <summary>A name was added to the vendors, the models or the organisations.</summary>
    public const string ListExtended = "list-extended";

    /// <summary>A list of a city was recorded: one act, whatever the number of its devices. Their entries follow it.</summary>
    public const string ListImported = "list-imported";

    /// <summary>A recorded list was undone: one act. The entries of its devices follow it.</summary>
    public const string ListImportUndone = "list-import-undone";

    public const string GatewayRegistered = "gateway-registered";

    public const string GatewayChanged = "gateway-changed";

    public const string CredentialIssued = "credential-issued";

    /// <summary>Many fixed devices got a new secret at once.</summary>
    public const string CredentialsIssued = "credentials-issued";

    public const string CredentialEnded = "credential-ended";

    public const string ClaimMade = "claim-made";

    public const string ClaimUsed = "claim-used";

    /// <summary>A day of the heartbeat log was dropped at the end of its retention.</summary>
    public const string HeartbeatsPurged = "heartbeats-purged";

    /// <summary>The digest of a sealed part of the history.</summary>
    public const string HistoryDigest = "history-digest";

    /// <summary>The machine's clock was set.</summary>
    public const string ClockStepped = "clock-stepped";

    /// <summary>The registry was restored from a backup.</summary>
    public const string RegistryRestored = "registry-restored";

    /// <summary>A backup was restored on trial and verified.</summary>
    public const string BackupDrilled = "backup-drilled";

    /// <summary>A legal hold was placed: the records that it names are not deleted while it stands.</summary>
    public const string LegalHoldPlaced = "legal-hold-placed";

    /// <summary>A legal hold ended.</summary>
    public const string LegalHoldReleased = "legal-hold-released";

    private const string ChangePrefix = "change-";

    /// <summary>The kinds of all acts on change requests.</summary>
    public static ImmutableArray<string> ChangeActs { get; } = [.. Enum.GetValues<ChangeAct>().Select(ForChange)];

    /// <summary>Returns the kind of an act on a change request, e.g. <c>change-approved</c>.</summary>
    public static string ForChange(ChangeAct act) => ChangePrefix + Json.Word(act);

    /// <summary>Returns the act of a kind that <see cref="ForChange"/> returned.</summary>
    public static ChangeAct ActOnChange(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return kind.StartsWith(ChangePrefix, StringComparison.Ordinal) && Json.TryWord<ChangeAct>(kind[ChangePrefix.Length..], out var act)
            ? act
            : throw new ArgumentException($"'{kind}' is no act on a change request.", nameof(kind));
    }
}
