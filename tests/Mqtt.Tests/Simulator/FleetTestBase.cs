using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Mqtt.Tests.Simulator;

/// <summary>A broker, a clock and the simulated fleet that signs in at the broker.</summary>
public abstract class FleetTestBase : IAsyncLifetime
{
    private const int TurnsPerSecond = 200;

    private protected BrokerFixture Broker { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));

    private protected CancellationTokenSource Stop { get; } = new();

    private protected Task Running { get; set; } = Task.CompletedTask;

    public ValueTask InitializeAsync() => Broker.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Stop.CancelAsync();
        await Running;
        Stop.Dispose();
        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static Device[] Devices(int count, string kind = "facility-camera") =>
        [.. Enumerable.Range(1, count).Select(i => BrokerFixture.Camera with { Id = $"sim-{i}", Kind = kind, Number = i })];

    private protected void Begin(IEnumerable<(Device, string)> devices, params IReadOnlyList<Episode> episodes) =>
        Running = Fleet.RunAsync(Broker.Address, [.. devices], episodes, Time, Broker.Logger, Stop.Token);

    private protected void Begin(IEnumerable<Device> devices, params IReadOnlyList<Episode> episodes) =>
        Begin(devices.Select(device => (device, BrokerFixture.Secret)), episodes);

    private protected IEnumerable<Heartbeat> Of(string device) => Broker.Log.Heartbeats.Where(heartbeat => heartbeat.DeviceId == device);

    private protected Task UntilAllPublished(Device[] devices) => Until(() => devices.All(device => Of(device.Id).Any()));

    /// <summary>
    /// Lets fake seconds pass, giving the sockets their turns, until it is so; for no longer than a busy machine may need. A second that
    /// passes before the sockets had theirs ends sessions by their keep-alive, and what the fleet was to do is then never done.
    /// </summary>
    private protected async Task Until(Func<bool> isSo, int step = 1)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var turns = 0; !isSo(); turns++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < BrokerFixture.Timeout * 6, "It did not come.");
            if (turns % TurnsPerSecond == 0)
                Time.Advance(TimeSpan.FromSeconds(step));
            await Task.Yield();
            await Task.Run(() => Thread.SpinWait(2_000));
        }
    }
}
