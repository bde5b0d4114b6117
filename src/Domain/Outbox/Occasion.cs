using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>One thing that happened or is due, as mail and webhooks say it: what, which, and where to read more.</summary>
/// <param name="Subject">
/// The number of a change request, or the id of an instrument, a place or a list; <c>place/ID</c> for what an inventory has; empty for a
/// test.
/// </param>
public sealed record Occasion(OccasionKind Kind, string Subject, DateTimeOffset At)
{
    /// <summary>The kinds that a person or a webhook can choose.</summary>
    public static ImmutableArray<OccasionKind> Choices { get; } =
    [.. Enum.GetValues<OccasionKind>().Where(kind => kind != OccasionKind.Test)];

    /// <summary>One sentence in plain words, for a person.</summary>
    public string Sentence =>
        Kind switch
        {
            OccasionKind.ChangeSubmitted => $"Change request {Subject} waits for a second person.",
            OccasionKind.ChangeApproved => $"Change request {Subject} was approved.",
            OccasionKind.ChangeRejected => $"Change request {Subject} was rejected.",
            OccasionKind.ChangeWithdrawn => $"Change request {Subject} was withdrawn.",
            OccasionKind.ChangeHandedOver => $"Change request {Subject} was handed over to you.",
            OccasionKind.ReviewDue => $"The review of {Subject} is due.",
            OccasionKind.ConfirmationAwaited => $"A confirmation on the spot is awaited at {Subject}.",
            OccasionKind.ListImported => $"The list {Subject} was recorded.",
            OccasionKind.ListImportUndone => $"The list {Subject} was undone.",
            OccasionKind.InventoryChanged => $"The register changed: {Subject}.",
            OccasionKind.Test => "This is a test.",
            _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, null),
        };

    /// <summary>The page that says more, below the address of the registry.</summary>
    public string Path =>
        Kind switch
        {
            OccasionKind.ChangeSubmitted
            or OccasionKind.ChangeApproved
            or OccasionKind.ChangeRejected
            or OccasionKind.ChangeWithdrawn
            or OccasionKind.ChangeHandedOver => $"/staff/changes/{Subject}",
            OccasionKind.ReviewDue => "/staff/review",
            OccasionKind.ConfirmationAwaited => "/staff",
            OccasionKind.ListImported or OccasionKind.ListImportUndone => $"/staff/imports/{Subject}",
            OccasionKind.InventoryChanged => PathOf(Subject),
            OccasionKind.Test => "/staff/webhooks",
            _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, null),
        };

    /// <summary>The roles that are concerned. A person chooses among the occasions of their own roles.</summary>
    public static ImmutableArray<Role> RolesOf(OccasionKind kind) =>
        kind switch
        {
            OccasionKind.ChangeSubmitted or OccasionKind.ChangeWithdrawn => [Role.Approver],
            OccasionKind.ChangeApproved or OccasionKind.ChangeRejected or OccasionKind.ChangeHandedOver => [Role.Editor],
            OccasionKind.ReviewDue => [Role.Editor, Role.Approver],
            OccasionKind.ConfirmationAwaited => [Role.PostingInspector, Role.DeviceClerk],
            OccasionKind.ListImported or OccasionKind.ListImportUndone or OccasionKind.InventoryChanged => [Role.DeviceClerk],
            OccasionKind.Test => [],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>The kind that an act on a change request makes; null when it concerns only the person who acts.</summary>
    public static OccasionKind? Of(ChangeAct act) =>
        act switch
        {
            ChangeAct.Submitted => OccasionKind.ChangeSubmitted,
            ChangeAct.Approved => OccasionKind.ChangeApproved,
            ChangeAct.Rejected => OccasionKind.ChangeRejected,
            ChangeAct.Withdrawn => OccasionKind.ChangeWithdrawn,
            ChangeAct.HandedOver => OccasionKind.ChangeHandedOver,
            ChangeAct.Drafted or ChangeAct.Revised or ChangeAct.Reopened => null,
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, null),
        };

    private static string PathOf(string subject) =>
        subject.Split('/') switch
        {
            ["place", var id] => $"/staff/places/{id}",
            ["kiosk" or "screen", var id] => $"/staff/screens/{id}",
            ["fleet", var id] => $"/staff/fleets/{id}",
            _ => "/staff/places",
        };
}
