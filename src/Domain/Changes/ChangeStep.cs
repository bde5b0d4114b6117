using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>The kinds of act on a change request.</summary>
public enum ChangeAct
{
    Drafted,
    Revised,
    Submitted,
    Approved,
    Rejected,
    Withdrawn,
    Reopened,
    HandedOver,
}

/// <summary>One act on a change request.</summary>
/// <param name="Note">What the person who acted wrote; null for nothing.</param>
/// <param name="Entry">Number of the ledger entry.</param>
public sealed record ChangeStep(ChangeAct Act, DateTimeOffset At, Attribution By, string? Note, long Entry);
