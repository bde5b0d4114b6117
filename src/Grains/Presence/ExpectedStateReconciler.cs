using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Brings the expected state of every device in line with the rules, the day and the register. Devices that the rules treat alike form one
/// group, so a rule that governs ten thousand of them is evaluated once.
/// </summary>
public sealed class ExpectedStateReconciler(IGrainFactory grains, IExpectedStateRegister register, TimeProvider time)
{
    private GovernanceSnapshot? _governance;
    private (DateOnly Day, long RegisterVersion) _reconciled;

    /// <summary>Updates the expected states if anything that decides them changed since the last call.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var governance = await grains.Governance();
        var now = time.GetUtcNow();
        var day = governance.City.DayAt(now);
        var current = (day, await register.DeviceRegisterVersionAsync(cancellationToken));
        if (ReferenceEquals(_governance, governance) && _reconciled == current)
            return;
        foreach (var group in await register.GroupsAsync(cancellationToken))
        {
            if (DeviceKind.Find(group.Kind) is not { } kind)
                continue;
            var expected = ExpectedStateDraft.Create(
                kind.Technology,
                group.Department,
                group.Sensors,
                group.IsActive,
                governance.Table,
                day
            );
            await register.RecordAsync(group, expected, now, cancellationToken);
        }

        _governance = governance;
        _reconciled = current;
    }
}
