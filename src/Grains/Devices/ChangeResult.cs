namespace SurveillanceRegistry.Grains.Devices;

/// <summary>The result of recording a state change.</summary>
public enum ChangeResult
{
    /// <summary>Another owner has the partition now; nothing was recorded.</summary>
    OwnershipLost,

    /// <summary>The change is recorded, and no place has to be notified.</summary>
    Recorded,

    /// <summary>The change is recorded, and the place is being notified.</summary>
    RecordedPlacePending,
}
