using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>Expects the same of every device, until a test changes it.</summary>
internal sealed class FakeExpectedStates : IExpectedStateRegister
{
    private readonly List<(long, string)> _news = [];

    public ExpectedState Current { get; private set; } =
        new(1, default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off), [new ExpectedRule("manual-1", 3)]);

    public void Expect(string deviceId, ExpectedState expected)
    {
        Current = expected;
        _news.Add((_news.Count + 1, deviceId));
    }

    public Task<long> DeviceRegisterVersionAsync(CancellationToken cancellationToken) => Task.FromResult(1L);

    public Task<ImmutableArray<DeviceGroup>> GroupsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<DeviceGroup>.Empty);

    public Task<int> RecordAsync(
        DeviceGroup likeness,
        ExpectedStateDraft expectation,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => Task.FromResult(0);

    public Task RecordPassAsync(PassStep step, DateTimeOffset at, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>While it is held, no query is answered.</summary>
    public TaskCompletionSource? Held { get; set; }

    public int Queries;

    public async Task<ExpectedState?> FindAsync(string deviceId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Queries);
        if (Held is { } held)
            await held.Task;
        return Current;
    }

    public Task<ImmutableDictionary<string, ExpectedState>> FindAllAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    ) => Task.FromResult(deviceIds.ToImmutableDictionary(id => id, _ => Current));

    public Task<ImmutableArray<(long Entry, string DeviceId)>> ListAfterAsync(
        long afterEntry,
        int most,
        CancellationToken cancellationToken
    ) => Task.FromResult(_news.Where(one => one.Item1 > afterEntry).ToImmutableArray());

    public Task<long> LastEntryAsync(CancellationToken cancellationToken) => Task.FromResult(0L);
}
