namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>Is notified when the register entry of a device or gateway changed.</summary>
public interface IEnrolmentListener
{
    /// <summary>Called after the change is committed.</summary>
    Task ChangedAsync(string id, CancellationToken cancellationToken);
}
