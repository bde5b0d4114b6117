using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>One reading of a single mobile device by staff.</summary>
/// <param name="Reader">The opaque id of the staff member.</param>
/// <param name="What">What was read: a closed word such as <c>state</c> or <c>history</c>.</param>
public sealed record MobileReading(long Number, DateTimeOffset At, string Reader, string Device, string What);

/// <summary>Records each reading of a single mobile device by staff. Auditors read the record; the daily digest seals it.</summary>
public interface IMobileReadAudit
{
    /// <summary>Records a reading. The caller returns the data only after this has completed.</summary>
    /// <param name="reader">The opaque id of the staff member.</param>
    /// <param name="what">What was read: a closed word such as <c>state</c> or <c>history</c>.</param>
    Task RecordAsync(string reader, string deviceId, string what, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordAsync(reader, [deviceId], what, at, cancellationToken);

    /// <summary>Records the reading of several devices at once, as in a list.</summary>
    Task RecordAsync(
        string reader,
        IReadOnlyCollection<string> deviceIds,
        string what,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>A page of readings, newest first.</summary>
    /// <param name="reader">Only those of this staff member; null for all.</param>
    /// <param name="device">Only those of this device; null for all.</param>
    /// <param name="before">Only those with a lower number; null for all.</param>
    Task<ImmutableArray<MobileReading>> ListAsync(
        string? reader,
        string? device,
        long? before,
        int most,
        CancellationToken cancellationToken
    );
}
