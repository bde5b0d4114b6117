using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Grains.Policies;

/// <summary>Loads the governance once and hands it out by reference: its values never change.</summary>
[GrainType("policies")]
[KeepAlive]
internal sealed class PoliciesGrain(IPolicyRegister register) : Grain, IPoliciesGrain
{
    private Governance _governance = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken) => _governance = await register.LoadAsync(cancellationToken);

    public Task<Governance> Governance() => Task.FromResult(_governance);
}
