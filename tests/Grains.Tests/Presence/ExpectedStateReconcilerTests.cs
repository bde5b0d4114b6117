using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>The verifier of the ledger relies on the passes that the reconciler records. Each test has a city of its own.</summary>
public sealed class ExpectedStateReconcilerTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task A_pass_is_recorded_before_it_and_after_it_and_then_that_nothing_changed()
    {
        var reconciler = new ExpectedStateReconciler(await GrainsNextToTheLawAsync(), _city.Memory, _city.Time);
        var before = _city.Memory.Passes.Count;
        var begun = _city.Time.GetUtcNow();
        await reconciler.ReconcileAsync(Cancellation);
        _city.Time.Advance(ExpectedStateReconciler.ConfirmInterval - TimeSpan.FromSeconds(1));
        await reconciler.ReconcileAsync(Cancellation);
        _city.Time.Advance(TimeSpan.FromSeconds(1));
        var confirmed = _city.Time.GetUtcNow();
        await reconciler.ReconcileAsync(Cancellation);
        _city.Memory.RegisterVersion++;
        await reconciler.ReconcileAsync(Cancellation);
        Assert.Equal(
            [
                (PassStep.Begun, begun),
                (PassStep.Done, begun),
                (PassStep.Unchanged, confirmed),
                (PassStep.Begun, confirmed),
                (PassStep.Done, confirmed),
            ],
            _city.Memory.Passes.Skip(before)
        );
    }

    /// <summary>Where the law is a grain of the same silo, it is the same object until it changes.</summary>
    private async Task<IGrainFactory> GrainsNextToTheLawAsync()
    {
        foreach (var grains in _city.GrainsOfSilos)
        {
            if (ReferenceEquals(await grains.Governance(), await grains.Governance()))
                return grains;
        }

        throw new InvalidOperationException("No silo has the grain.");
    }

    [Fact]
    public async Task A_pass_that_fails_is_not_recorded_as_done_and_is_made_again()
    {
        var reconciler = new ExpectedStateReconciler(_city.Grains, _city.Memory, _city.Time);
        var before = _city.Memory.Passes.Count;
        _city.Memory.RefusesExpectedStates = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => reconciler.ReconcileAsync(Cancellation));
        Assert.Equal([PassStep.Begun], _city.Memory.Passes.Skip(before).Select(pass => pass.Step));
        _city.Memory.RefusesExpectedStates = false;
        await reconciler.ReconcileAsync(Cancellation);
        Assert.Equal([PassStep.Begun, PassStep.Begun, PassStep.Done], _city.Memory.Passes.Skip(before).Select(pass => pass.Step));
    }
}
