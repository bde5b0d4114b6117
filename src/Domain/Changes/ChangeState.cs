namespace SurveillanceRegistry.Domain.Changes;

/// <summary>The state of a change request. An approved change takes effect by itself on the days that its documents name.</summary>
public enum ChangeState
{
    Draft,
    Submitted,
    Approved,
    Rejected,
    Withdrawn,
}
