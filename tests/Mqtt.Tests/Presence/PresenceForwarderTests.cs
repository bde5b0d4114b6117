using MQTTnet;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Presence;

/// <summary>
/// The way from an acknowledged heartbeat to the partition that keeps presence: beside the acknowledgement, never before it.
/// </summary>
public sealed class PresenceForwarderTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static Task<MqttClientPublishResult> SpeakAsync(IMqttClient camera, long seq) =>
        camera.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id))
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .WithPayload($$"""{"epoch":5,"seq":{{seq}},"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"1"}""")
                .Build()
        );

    private async Task NextCallBringsAsync(long seq) => Assert.Equal(seq, Assert.Single(await _broker.Partitions.CallAsync()).Seq);

    private static MqttClientOptionsBuilder WithWill(long epoch) =>
        BrokerFixture
            .OptionsFor(BrokerFixture.Camera)
            .WithWillTopic(DeviceTopics.Death(BrokerFixture.Camera.Id))
            .WithWillPayload($$"""{"epoch":{{epoch}}}""")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);

    [Fact]
    public async Task A_slow_partition_delays_no_acknowledgement_and_gets_the_newest_in_one_call()
    {
        using var camera = await _broker.ConnectAsync();
        _broker.Partitions.Hold();
        await SpeakAsync(camera, 1);
        await NextCallBringsAsync(1);

        foreach (var seq in new long[] { 2, 4, 3 })
            Assert.Equal(MqttClientPublishReasonCode.Success, (await SpeakAsync(camera, seq)).ReasonCode);

        _broker.Partitions.Release();
        await LaterAsync(() => NextCallBringsAsync(4));
        Assert.Equal([1, 2, 4, 3], _broker.Log.Heartbeats.Select(heartbeat => heartbeat.Seq));
    }

    [Fact]
    public async Task A_partition_that_does_not_answer_is_called_again()
    {
        using var camera = await _broker.ConnectAsync();
        _broker.Partitions.IsUnreachable = true;
        await SpeakAsync(camera, 1);
        await NextCallBringsAsync(1);
        await LaterAsync(() => NextCallBringsAsync(1));
        _broker.Partitions.IsUnreachable = false;
        await LaterAsync(() => NextCallBringsAsync(1));
        Assert.Contains(_broker.Logged, line => line.Contains("could not be notified", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_repeated_call_carries_the_newer_heartbeat_instead_of_the_older()
    {
        using var camera = await _broker.ConnectAsync();
        _broker.Partitions.IsUnreachable = true;
        _broker.Partitions.Hold();
        await SpeakAsync(camera, 1);
        await NextCallBringsAsync(1);
        await SpeakAsync(camera, 2);
        _broker.Partitions.Release();
        await LaterAsync(() => NextCallBringsAsync(2));
    }

    /// <summary>Lets the registry's clock go on until it has happened.</summary>
    private async Task LaterAsync(Func<Task> happens)
    {
        var happened = happens();
        for (; !happened.IsCompleted; await Task.Yield())
            _broker.Clock.Advance(TimeSpan.FromMilliseconds(10));
        await happened;
    }

    [Fact]
    public async Task A_durable_heartbeat_is_forwarded_even_after_the_end_of_its_session()
    {
        using var camera = await _broker.ConnectAsync();
        _broker.Log.Hold();
        var publish = SpeakAsync(camera, 1);
        await _broker.Log.Appended.WaitAsync(BrokerFixture.Timeout);
        using var again = await _broker.ConnectAsync(); // Takes the session over.
        await Assert.ThrowsAnyAsync<Exception>(() => publish);
        _broker.Log.Release();
        await NextCallBringsAsync(1);
    }

    [Fact]
    public async Task A_broken_session_is_a_death_after_its_last_heartbeat()
    {
        var camera = await _broker.ConnectAsync(WithWill(5));
        _broker.Partitions.Hold();
        await SpeakAsync(camera, 1);
        await _broker.Partitions.CallAsync();
        await SpeakAsync(camera, 2);
        camera.Dispose();
        _broker.Partitions.Release();
        Assert.Equal(5, await _broker.Partitions.DeathAsync());
        Assert.Equal([1, 2], _broker.Partitions.Heartbeats.Select(heartbeat => heartbeat.Seq));
    }

    [Fact]
    public async Task A_session_that_ends_with_a_normal_DISCONNECT_is_no_death()
    {
        using (var polite = await _broker.ConnectAsync(WithWill(76)))
            await polite.DisconnectAsync();
        (await _broker.ConnectAsync(WithWill(77))).Dispose();
        Assert.Equal(77, await _broker.Partitions.DeathAsync());
        Assert.Equal([77], _broker.Partitions.Deaths);
    }

    [Theory]
    [InlineData(MqttClientDisconnectOptionsReason.NormalDisconnection, SessionEnd.Farewell, false)]
    [InlineData(MqttClientDisconnectOptionsReason.DisconnectWithWillMessage, SessionEnd.FarewellWithWill, true)]
    // Only 0x00 takes the will back.
    [InlineData(MqttClientDisconnectOptionsReason.ImplementationSpecificError, SessionEnd.ClientError, true)]
    public async Task A_session_end_has_the_code_of_the_DISCONNECT_and_never_its_reason_string(
        MqttClientDisconnectOptionsReason reason,
        SessionEnd end,
        bool isDeath
    )
    {
        using (var camera = await _broker.ConnectAsync(WithWill(5)))
            await camera.DisconnectAsync(new MqttClientDisconnectOptions { Reason = reason, ReasonString = "officer-smith-went-home" });
        Assert.Equal((end, isDeath), await _broker.Partitions.EndAsync());
        Assert.DoesNotContain(_broker.Logged, line => line.Contains("smith", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_end_without_a_DISCONNECT_is_recorded_with_its_cause()
    {
        (await _broker.ConnectAsync(WithWill(5))).Dispose();
        Assert.Equal((SessionEnd.ConnectionLost, true), await _broker.Partitions.EndAsync());

        using (await _broker.ConnectAsync(WithWill(5)))
        {
            var ended = _broker.Partitions.EndAsync();
            while (!ended.IsCompleted)
            {
                _broker.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.Equal((SessionEnd.KeepAlive, true), await ended);
        }

        var first = await _broker.ConnectAsync(WithWill(5));
        using var second = await _broker.ConnectAsync(WithWill(5));
        Assert.Equal((SessionEnd.TakenOver, false), await _broker.Partitions.EndAsync());
        first.Dispose();
        await second.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id)).WithPayload("{}").Build()
        ); // QoS 0
        Assert.Equal((SessionEnd.Refused, true), await _broker.Partitions.EndAsync());

        using var third = await _broker.ConnectAsync(WithWill(5));
        _broker.GetService<ISessions>().End(BrokerFixture.Camera.Id);
        Assert.Equal((SessionEnd.NotAuthorized, true), await _broker.Partitions.EndAsync());

        using var fourth = await _broker.ConnectAsync(WithWill(5));
        _broker.Log.IsBroken = true;
        await Assert.ThrowsAnyAsync<Exception>(() => SpeakAsync(fourth, 1));
        Assert.Equal((SessionEnd.Registry, false), await _broker.Partitions.EndAsync());
    }

    [Fact]
    public async Task A_shutdown_of_the_registry_is_no_death()
    {
        using var camera = await _broker.ConnectAsync(WithWill(5));
        await _broker.StopAsync().WaitAsync(BrokerFixture.Timeout); // And it does not wait for its devices to leave.
        Assert.Empty(_broker.Partitions.Deaths);
    }
}
