using System.Net;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.SignIn;

public sealed class ConnectAuthenticatorTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    public static TheoryData<string, string, string, MqttClientConnectResultCode> Strangers() =>
        new()
        {
            { BrokerFixture.Camera.Id, BrokerFixture.Camera.Id, "guess", MqttClientConnectResultCode.BadUserNameOrPassword },
            { BrokerFixture.Camera.Id, BrokerFixture.Camera.Id, "", MqttClientConnectResultCode.BadUserNameOrPassword },
            { "another-cam", BrokerFixture.Camera.Id, BrokerFixture.Secret, MqttClientConnectResultCode.BadUserNameOrPassword },
            { BrokerFixture.Camera.Id, "another-cam", BrokerFixture.Secret, MqttClientConnectResultCode.BadUserNameOrPassword },
            { "unknown-device", "unknown-device", BrokerFixture.Secret, MqttClientConnectResultCode.BadUserNameOrPassword },
            {
                BrokerFixture.RemovedCamera.Id,
                BrokerFixture.RemovedCamera.Id,
                BrokerFixture.Secret,
                MqttClientConnectResultCode.NotAuthorized
            },
        };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Only_a_registered_device_with_its_own_id_and_secret_may_sign_in(
        string clientId,
        string userName,
        string secret,
        MqttClientConnectResultCode code
    )
    {
        foreach (var version in new[] { MqttProtocolVersion.V500, MqttProtocolVersion.V311 })
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var options = new MqttClientOptionsBuilder()
                .WithTcpServer("127.0.0.1", broker.Address.Port)
                .WithProtocolVersion(version)
                .WithClientId(clientId)
                .WithCredentials(userName, secret)
                .Build();
            var answer = await client.ConnectAsync(options);
            Assert.NotEqual(MqttClientConnectResultCode.Success, answer.ResultCode);
            if (version == MqttProtocolVersion.V500)
                Assert.Equal(code, answer.ResultCode);
            Assert.False(client.IsConnected);
        }
    }

    [Fact]
    public async Task A_client_without_the_secret_cannot_take_over_a_session()
    {
        using var camera = await broker.ConnectAsync();
        using var stranger = new MqttClientFactory().CreateMqttClient();
        var answer = await stranger.ConnectAsync(
            BrokerFixture.OptionsFor(BrokerFixture.Camera, "guess").WithTcpServer("127.0.0.1", broker.Address.Port).Build()
        );
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, answer.ResultCode);
        await camera.PingAsync();
        Assert.True(camera.IsConnected);
    }

    [Fact]
    public async Task Strangers_behind_the_address_of_a_device_do_not_lock_it_out()
    {
        var from = IPAddress.Parse("127.0.4.1"); // Of this test alone.
        async Task<int> SignInAsync(string id, string? secret = null)
        {
            await using var client = await RawMqttClient.DialAsync(broker.Address, from, null, RawMqttClient.Connect(id, secret: secret));
            return (await client.ReadPacketAsync())[3];
        }

        var limit = new Limits().FailuresPerAddressAndMinute;
        var codes = await Task.WhenAll(
            Enumerable.Range(0, 3 * limit).Select(i => SignInAsync(i % 2 == 0 ? "sim-new" : "sim-gate", "guess"))
        );
        Assert.Equal(limit, codes.Count(code => code == (int)MqttClientConnectResultCode.BadUserNameOrPassword));
        Assert.Equal(2 * limit, codes.Count(code => code == (int)MqttClientConnectResultCode.ConnectionRateExceeded));
        Assert.Equal(0, await SignInAsync("sim-new"));
    }

    public static TheoryData<string, MqttQualityOfServiceLevel, bool, MqttClientConnectResultCode> Wills() =>
        new()
        {
            { DeviceTopics.Death("another-cam"), MqttQualityOfServiceLevel.AtLeastOnce, false, MqttClientConnectResultCode.NotAuthorized },
            {
                DeviceTopics.Heartbeat(BrokerFixture.Camera.Id),
                MqttQualityOfServiceLevel.AtLeastOnce,
                false,
                MqttClientConnectResultCode.NotAuthorized
            },
            {
                DeviceTopics.Death(BrokerFixture.Camera.Id),
                MqttQualityOfServiceLevel.AtMostOnce,
                false,
                MqttClientConnectResultCode.QoSNotSupported
            },
            {
                DeviceTopics.Death(BrokerFixture.Camera.Id),
                MqttQualityOfServiceLevel.ExactlyOnce,
                false,
                MqttClientConnectResultCode.QoSNotSupported
            },
            {
                DeviceTopics.Death(BrokerFixture.Camera.Id),
                MqttQualityOfServiceLevel.AtLeastOnce,
                true,
                MqttClientConnectResultCode.RetainNotSupported
            },
        };

    [Theory]
    [MemberData(nameof(Wills))]
    public async Task A_device_may_leave_no_will_but_its_own_death(
        string topic,
        MqttQualityOfServiceLevel qos,
        bool retain,
        MqttClientConnectResultCode code
    )
    {
        foreach (var version in new[] { MqttProtocolVersion.V500, MqttProtocolVersion.V311 })
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var answer = await client.ConnectAsync(
                BrokerFixture
                    .OptionsFor(BrokerFixture.Camera, version: version)
                    .WithTcpServer("127.0.0.1", broker.Address.Port)
                    .WithWillTopic(topic)
                    .WithWillPayload("""{"epoch":5}""")
                    .WithWillQualityOfServiceLevel(qos)
                    .WithWillRetain(retain)
                    .Build()
            );
            Assert.Equal(version == MqttProtocolVersion.V500 ? code : MqttClientConnectResultCode.NotAuthorized, answer.ResultCode);
        }

        Assert.Contains(broker.Measurements, counted => counted.StartsWith("registry.connects.refused ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_that_returns_with_MQTT_3_1_1_is_answered_in_MQTT_3_1_1()
    {
        using var before = await broker.ConnectAsync();
        using var after = await broker.ConnectAsync(
            BrokerFixture.OptionsFor(BrokerFixture.Camera, version: MqttProtocolVersion.V311).WithCleanSession(false)
        );
        await Assert.ThrowsAnyAsync<Exception>(() =>
            after.PublishStringAsync(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id), "{}", MqttQualityOfServiceLevel.AtLeastOnce)
        );
        Assert.False(after.IsConnected);
    }

    [Fact]
    public async Task A_device_may_subscribe_to_its_expected_state_and_to_nothing_else()
    {
        using var camera = await broker.ConnectAsync();
        Assert.Equal(
            MqttClientSubscribeResultCode.GrantedQoS1,
            (await camera.SubscribeAsync(DeviceTopics.Expected(BrokerFixture.Camera.Id), MqttQualityOfServiceLevel.AtLeastOnce))
                .Items.Single()
                .ResultCode
        );
        foreach (
            var topic in new[]
            {
                "#",
                "registry/v1/devices/+/heartbeat",
                DeviceTopics.Heartbeat(BrokerFixture.Camera.Id),
                DeviceTopics.Expected("another-cam"),
                "$SYS/#",
                "+/+/#",
            }
        )
            Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, (await camera.SubscribeAsync(topic)).Items.Single().ResultCode);
        Assert.Equal(
            MqttClientSubscribeResultCode.SharedSubscriptionsNotSupported,
            (await camera.SubscribeAsync("$share/all/#")).Items.Single().ResultCode
        );
    }
}
