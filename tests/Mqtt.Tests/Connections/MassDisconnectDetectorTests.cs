using SurveillanceRegistry.Mqtt.Connections;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

public sealed class MassDisconnectDetectorTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly MassDisconnectDetector _detector = new(Window);

    private int?[] Losses(IEnumerable<string> clients, TimeSpan now, int sessions) =>
        [.. clients.Select(client => _detector.Record(client, now, sessions))];

    private static IEnumerable<string> Cameras(int count) => Enumerable.Range(1, count).Select(number => $"camera-{number}");

    [Fact]
    public void A_camera_that_reconnects_in_a_loop_is_no_mass_disconnect() =>
        Assert.All(Losses(Enumerable.Repeat("camera-1", 1000), Window, sessions: 30), Assert.Null);

    [Theory]
    [InlineData(1, 20)] // Never fewer than 20.
    [InlineData(40, 20)]
    [InlineData(41, 21)]
    [InlineData(1000, 500)]
    public void A_mass_disconnect_is_reported_once_when_half_of_the_clients_are_lost(int sessions, int expected)
    {
        var losses = Losses(Cameras(sessions + 20), Window, sessions);
        Assert.Equal(expected, Assert.Single(losses, loss => loss is not null));
        Assert.Equal(expected, losses[expected - 1]);
    }

    [Fact]
    public void Cameras_lost_one_after_the_other_are_no_mass_disconnect() =>
        Assert.All(Cameras(100).Select((camera, i) => _detector.Record(camera, i * TimeSpan.FromSeconds(1), 30)), Assert.Null);
}
