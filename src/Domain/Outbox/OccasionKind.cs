namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>What the registry sends mail and webhooks about. Stored and sent as words: add new ones, never change one.</summary>
public enum OccasionKind
{
    /// <summary>A change request waits for a second person.</summary>
    ChangeSubmitted,
    ChangeApproved,
    ChangeRejected,

    /// <summary>A change request that waited does not wait any more.</summary>
    ChangeWithdrawn,
    ChangeHandedOver,

    /// <summary>The day came by which a rule must be reviewed.</summary>
    ReviewDue,

    /// <summary>The register took something from a place: another person looks on the spot.</summary>
    ConfirmationAwaited,
    ListImported,
    ListImportUndone,

    /// <summary>A place, a screen or a fleet was added, changed, retired or brought back.</summary>
    InventoryChanged,

    /// <summary>An administrator tests a webhook.</summary>
    Test,
}
