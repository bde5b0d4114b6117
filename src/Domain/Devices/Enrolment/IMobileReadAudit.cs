namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>Records each reading of a single mobile device by staff.</summary>
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
}
