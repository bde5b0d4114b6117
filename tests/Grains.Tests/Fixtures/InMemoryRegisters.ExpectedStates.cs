using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters : IExpectedStateRegister
{
    private readonly Dictionary<string, List<ExpectedStateDraft>> _expected = [];

    /// <summary>Grows with each change of the register that a test wants to be seen.</summary>
    public long RegisterVersion { get; set; } = 1;

    Task<long> IExpectedStateRegister.DeviceRegisterVersionAsync(CancellationToken cancellationToken) => Task.FromResult(RegisterVersion);

    Task<ImmutableArray<DeviceGroup>> IExpectedStateRegister.GroupsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            Devices
                .Select(device => new DeviceGroup(device.Kind, device.Department, device.Sensors, device.Lifecycle == Lifecycle.Active))
                .ToImmutableArray()
        );

    Task<int> IExpectedStateRegister.RecordAsync(
        DeviceGroup group,
        ExpectedStateDraft draft,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (RefusesExpectedStates)
            throw new InvalidOperationException("A test refuses it.");
        lock (_lock)
        {
            foreach (var device in Devices.Where(device => device.Kind == group.Kind))
            {
                if (!_expected.TryGetValue(device.Id, out var versions))
                    _expected[device.Id] = versions = [];
                if (versions.LastOrDefault() is not { } last || last.Capture != draft.Capture || !last.Rules.SequenceEqual(draft.Rules))
                    versions.Add(draft);
            }
        }

        return Task.FromResult(1);
    }

    /// <summary>Whether no expected state can be recorded.</summary>
    public bool RefusesExpectedStates { get; set; }

    /// <summary>The steps of passes, and their times.</summary>
    public List<(PassStep Step, DateTimeOffset At)> Passes { get; } = [];

    Task IExpectedStateRegister.RecordPassAsync(PassStep step, DateTimeOffset at, CancellationToken cancellationToken)
    {
        lock (_lock)
            Passes.Add((step, at));
        return Task.CompletedTask;
    }

    Task<ExpectedState?> IExpectedStateRegister.FindAsync(string deviceId, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(
                _expected.TryGetValue(deviceId, out var versions)
                    ? new ExpectedState(versions.Count, versions[^1].Capture, versions[^1].Rules)
                    : null
            );
    }

    async Task<ImmutableDictionary<string, ExpectedState>> IExpectedStateRegister.FindAllAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        var found = ImmutableDictionary.CreateBuilder<string, ExpectedState>();
        foreach (var id in deviceIds)
        {
            if (await ((IExpectedStateRegister)this).FindAsync(id, cancellationToken) is { } state)
                found[id] = state;
        }

        return found.ToImmutable();
    }

    Task<ImmutableArray<(long Entry, string DeviceId)>> IExpectedStateRegister.ListAfterAsync(
        long afterEntry,
        int most,
        CancellationToken cancellationToken
    ) => Task.FromResult(ImmutableArray<(long, string)>.Empty);

    Task<long> IExpectedStateRegister.LastEntryAsync(CancellationToken cancellationToken) => Task.FromResult(0L);
}
