using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Keeps what is expected of every device in step with the rules, the day and the register. What decides is the same for all devices that
/// are
/// alike, so a rule that governs ten thousand of them is asked once.
/// </summary>
public sealed class ExpectedStateReconciler(IGrainFactory grains, IExpectedStateRegister register, TimeProvider time)
{
    private (GovernanceSnapshot? Governance, DateOnly Day, long Register) _kept;

    /// <summary>Brings expectations up to date, if anything that decides them changed.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var governance = await grains.Governance();
        var now = time.GetUtcNow();
        var standing = (governance, governance.City.DayAt(now), await register.RegisterVersionAsync(cancellationToken));
        if (ReferenceEquals(_kept.Governance, governance) && (_kept.Day, _kept.Register) == (standing.Item2, standing.Item3))
            return;
        foreach (var likeness in await register.GroupsAsync(cancellationToken))
        {
            if (DeviceKind.Find(likeness.Kind) is { } kind)
                await register.RecordAsync(
                    likeness,
                    ExpectedStateDraft.Create(
                        kind.Technology,
                        likeness.Department,
                        likeness.Sensors,
                        likeness.IsActive,
                        governance.Table,
                        standing.Item2
                    ),
                    now,
                    cancellationToken
                );
        }

        _kept = standing;
    }
}
