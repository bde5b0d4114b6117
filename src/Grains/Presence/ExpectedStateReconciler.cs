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
    /// <summary>How often it is recorded that nothing changed.</summary>
    public static readonly TimeSpan ConfirmInterval = TimeSpan.FromSeconds(30);

    private GovernanceSnapshot? _governance;
    private (DateOnly Day, long RegisterVersion) _reconciled;
    private DateTimeOffset _confirmedAt;

    /// <summary>Updates the expected states if anything that decides them changed since the last call.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        // Before anything is read: every earlier change is in what is read.
        var now = time.GetUtcNow();
        var governance = await grains.Governance();
        var day = governance.City.DayAt(now);
        var current = (day, await register.DeviceRegisterVersionAsync(cancellationToken));
        if (ReferenceEquals(_governance, governance) && _reconciled == current)
        {
            await ConfirmAsync(now, cancellationToken);
            return;
        }

        await register.RecordPassAsync(PassStep.Begun, now, cancellationToken);
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

        await register.RecordPassAsync(PassStep.Done, now, cancellationToken);
        (_governance, _reconciled, _confirmedAt) = (governance, current, now);
    }

    /// <summary>Records that nothing changed. After the clock was set back it does so at once.</summary>
    private async Task ConfirmAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if ((now - _confirmedAt).Duration() < ConfirmInterval)
            return;
        await register.RecordPassAsync(PassStep.Unchanged, now, cancellationToken);
        _confirmedAt = now;
    }
}
