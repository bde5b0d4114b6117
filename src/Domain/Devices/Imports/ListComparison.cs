using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>Why a row may be a duplicate.</summary>
public enum DuplicateReason
{
    /// <summary>Another row of the list has the same asset number.</summary>
    SameAssetNumber,

    /// <summary>Another row of the list, or a registered device, is nearer than <see cref="ListComparison.NearMetres"/>.</summary>
    Near,

    /// <summary>Another row of the list has the same words.</summary>
    SameName,
}

/// <summary>A row that may be the same device as another row, or as a registered device.</summary>
/// <param name="OtherRow">The row before it that it may be; null when it may be a registered device.</param>
/// <param name="Device">The registered device that it may be; null when it may be another row.</param>
/// <param name="Metres">How far apart they are; null when one has no position.</param>
/// <param name="Decision">What was decided; null while nothing is.</param>
public sealed record PossibleDuplicate(
    int Row,
    DuplicateReason Reason,
    int? OtherRow,
    string? Device,
    double? Metres,
    RowDecision? Decision
);

/// <summary>A registered device and what a row of the list makes of it.</summary>
/// <param name="Version">The version of its entry that the list was compared with.</param>
public sealed record ChangedDevice(int Row, Device Before, int Version, Device After);

/// <summary>A device that an earlier list had and this one does not.</summary>
/// <param name="Decision">What was decided; null while nothing is.</param>
public sealed record GoneDevice(Device Device, int Version, GoneDecision? Decision);

/// <summary>A registered fixed device, removed ones too.</summary>
/// <param name="IsOfList">Whether a recorded list of the same name brought it.</param>
public sealed record RegisteredFixedDevice(Device Device, int Version, bool IsOfList);

/// <summary>A list compared with the register.</summary>
public sealed record ListComparison(
    ImmutableArray<ListedDevice> New,
    ImmutableArray<ChangedDevice> Changed,
    int Unchanged,
    ImmutableArray<GoneDevice> Gone,
    ImmutableArray<PossibleDuplicate> Duplicates,
    ImmutableArray<int> Skipped
)
{
    /// <summary>How near two devices are that may be one, in metres.</summary>
    public const double NearMetres = 15;

    /// <summary>Compares the rows of a list with the register.</summary>
    public static ListComparison Create(
        ImmutableArray<ListedDevice> rows,
        ImmutableArray<RegisteredFixedDevice> registered,
        ImportDecisions decisions,
        CancellationToken cancellationToken
    ) => ListComparer.Compare(rows, registered, decisions, cancellationToken);

    /// <summary>Every question that is not decided yet; empty when the list can be recorded.</summary>
    public IEnumerable<string> Undecided =>
        Duplicates
            .Where(duplicate => duplicate.Decision is null)
            .Select(duplicate =>
                $"Row {duplicate.Row} may be the same device as "
                + $"{(duplicate.OtherRow is { } row ? $"row {row}" : duplicate.Device)}: decide."
            )
            .Concat(
                Gone.Where(gone => gone.Decision is null)
                    .Select(gone => $"Device '{gone.Device.Id}' is not in the list any more: say whether it was removed.")
            );

    /// <summary>Whether nothing would be recorded.</summary>
    public bool IsEmpty => New.IsEmpty && Changed.IsEmpty && !Gone.Any(gone => gone.Decision == GoneDecision.Remove);
}
