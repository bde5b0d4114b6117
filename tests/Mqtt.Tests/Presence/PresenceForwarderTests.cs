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
    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private static Task<MqttClientPublishResult> SpeakAsync(IMqttClient camera, long seq) =>
        camera.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id))
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .WithPayload($$"""{"epoch":5,"seq":{{seq}},"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"1"}""")
                .Build()
        );

    private async Task NextCallBringsAsync(long seq) => Assert.Equal(seq, Assert.Single(await _antenna.Told.CallAsync()).Seq);

    private static MqttClientOptionsBuilder WithWill(long epoch) =>
        BrokerFixture
            .As(BrokerFixture.Camera)
            .WithWillTopic(DeviceTopics.Death(BrokerFixture.Camera.Id))
            .WithWillPayload($$"""{"epoch":{{epoch}}}""")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);

    [Fact]
    public async Task Never_holds_back_an_acknowledgement_and_what_came_meanwhile_goes_in_one_call_with_the_newest()
    {
        using var camera = await _antenna.ConnectAsync();
        _antenna.Told.Hold();
        await SpeakAsync(camera, 1);
        await NextCallBringsAsync(1);

        foreach (var seq in new long[] { 2, 4, 3 })
            Assert.Equal(MqttClientPublishReasonCode.Success, (await SpeakAsync(camera, seq)).ReasonCode);

        _antenna.Told.Release();
        await LaterAsync(() => NextCallBringsAsync(4));
        Assert.Equal([1, 2, 4, 3], _antenna.Kept.Heartbeats.Select(heartbeat => heartbeat.Seq));
    }

    [Fact]
    public async Task Is_told_again_when_the_partition_does_not_answer()
    {
        using var camera = await _antenna.ConnectAsync();
        _antenna.Told.IsDeaf = true;
        await SpeakAsync(camera, 1);
        await NextCallBringsAsync(1);
        await LaterAsync(() => NextCallBringsAsync(1));
        _antenna.Told.IsDeaf = false;
        await LaterAsync(() => NextCallBringsAsync(1));
        Assert.Contains(_antenna.Logged, line => line.Contains("could not be told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_told_again_with_what_came_meanwhile_in_place_of_what_it_follows()
    {
        using var camera = await _antenna.ConnectAsync();
        _antenna.Told.IsDeaf = true;
        _antenna.Told.Hold();
        await SpeakAsync(camera, 1);
        await NextCallBringsAsync(1);
        await SpeakAsync(camera, 2);
        _antenna.Told.Release();
        await LaterAsync(() => NextCallBringsAsync(2));
    }

    /// <summary>Lets the registry's clock go on until it has happened.</summary>
    private async Task LaterAsync(Func<Task> happens)
    {
        var happened = happens();
        for (; !happened.IsCompleted; await Task.Yield())
            _antenna.Clock.Advance(TimeSpan.FromMilliseconds(10));
        await happened;
    }

    [Fact]
    public async Task Is_what_became_durable_even_when_the_session_that_brought_it_is_over()
    {
        using var camera = await _antenna.ConnectAsync();
        _antenna.Kept.Hold();
        var publish = SpeakAsync(camera, 1);
        await _antenna.Kept.Asked.WaitAsync(BrokerFixture.Patience);
        using var again = await _antenna.ConnectAsync(); // Takes the session over.
        await Assert.ThrowsAnyAsync<Exception>(() => publish);
        _antenna.Kept.Release();
        await NextCallBringsAsync(1);
    }

    [Fact]
    public async Task Is_a_death_after_what_was_heard_when_a_session_breaks()
    {
        var camera = await _antenna.ConnectAsync(WithWill(5));
        _antenna.Told.Hold();
        await SpeakAsync(camera, 1);
        await _antenna.Told.CallAsync();
        await SpeakAsync(camera, 2);
        camera.Dispose();
        _antenna.Told.Release();
        Assert.Equal(5, await _antenna.Told.DeathAsync());
        Assert.Equal([1, 2], _antenna.Told.Heartbeats.Select(heartbeat => heartbeat.Seq));
    }

    [Fact]
    public async Task Is_no_death_when_a_session_ends_with_a_farewell()
    {
        using (var polite = await _antenna.ConnectAsync(WithWill(76)))
            await polite.DisconnectAsync();
        (await _antenna.ConnectAsync(WithWill(77))).Dispose();
        Assert.Equal(77, await _antenna.Told.DeathAsync());
        Assert.Equal([77], _antenna.Told.Deaths);
    }

    [Theory]
    [InlineData(MqttClientDisconnectOptionsReason.NormalDisconnection, SessionEnd.Farewell, false)]
    [InlineData(MqttClientDisconnectOptionsReason.DisconnectWithWillMessage, SessionEnd.FarewellWithWill, true)]
    // Only 0x00 takes the will back.
    [InlineData(MqttClientDisconnectOptionsReason.ImplementationSpecificError, SessionEnd.ClientError, true)]
    public async Task Is_with_what_code_a_client_took_its_leave_and_never_its_reason(
        MqttClientDisconnectOptionsReason reason,
        SessionEnd end,
        bool isDeath
    )
    {
        using (var camera = await _antenna.ConnectAsync(WithWill(5)))
            await camera.DisconnectAsync(new MqttClientDisconnectOptions { Reason = reason, ReasonString = "officer-smith-went-home" });
        Assert.Equal((end, isDeath), await _antenna.Told.EndAsync());
        Assert.DoesNotContain(_antenna.Logged, line => line.Contains("smith", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Is_how_a_session_ended_when_nobody_said_goodbye()
    {
        (await _antenna.ConnectAsync(WithWill(5))).Dispose();
        Assert.Equal((SessionEnd.ConnectionLost, true), await _antenna.Told.EndAsync());

        using (await _antenna.ConnectAsync(WithWill(5)))
        {
            var ended = _antenna.Told.EndAsync();
            while (!ended.IsCompleted)
            {
                _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.Equal((SessionEnd.KeepAlive, true), await ended);
        }

        var first = await _antenna.ConnectAsync(WithWill(5));
        using var second = await _antenna.ConnectAsync(WithWill(5));
        Assert.Equal((SessionEnd.TakenOver, false), await _antenna.Told.EndAsync());
        first.Dispose();
        await second.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id)).WithPayload("{}").Build()
        ); // QoS 0
        Assert.Equal((SessionEnd.Refused, true), await _antenna.Told.EndAsync());

        using var third = await _antenna.ConnectAsync(WithWill(5));
        _antenna.Part<ISessions>().End(BrokerFixture.Camera.Id);
        Assert.Equal((SessionEnd.NotAuthorized, true), await _antenna.Told.EndAsync());

        using var fourth = await _antenna.ConnectAsync(WithWill(5));
        _antenna.Kept.IsBroken = true;
        await Assert.ThrowsAnyAsync<Exception>(() => SpeakAsync(fourth, 1));
        Assert.Equal((SessionEnd.Registry, false), await _antenna.Told.EndAsync());
    }

    [Fact]
    public async Task Is_no_death_when_it_is_the_registry_that_goes_down()
    {
        using var camera = await _antenna.ConnectAsync(WithWill(5));
        await _antenna.StopAsync().WaitAsync(BrokerFixture.Patience); // And it does not wait for its devices to leave.
        Assert.Empty(_antenna.Told.Deaths);
    }
}
