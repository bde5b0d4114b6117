using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Exceptions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Reliability;

/// <summary>An acknowledged heartbeat is stored once, whatever happens to the process.</summary>
public sealed class KillTests
{
    private const string Capture = """{"video":"recorded"}""";
    private const int InFlight = 16,
        EnoughAcknowledged = 1500;

    private static readonly string[] Cameras = ["city-hall-lobby-1", "city-hall-lobby-2", "city-hall-lobby-3", "city-hall-garage-1"];
    private static readonly int Rounds = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 100 : 2;

    [Fact]
    public async Task A_killed_registry_loses_no_acknowledged_heartbeat_and_stores_none_twice()
    {
        await using var registry = await Snapshot.StartHostAsync(isOnDisk: true);
        var secrets = new Dictionary<string, string>();
        foreach (var camera in Cameras)
            secrets[camera] = await registry.IssueSecretAsync(camera);
        for (var round = 1; round <= Rounds; round++)
        {
            var devices = Cameras.Select(camera => new Device(camera, secrets[camera], round)).ToArray();
            var publishing = devices.Select(device => device.PublishUntilKilledAsync(registry, devices)).ToArray();
            await Task.WhenAny(Task.WhenAll(devices.Select(device => device.Enough)), Task.WhenAll(publishing))
                .WaitAsync(TimeSpan.FromSeconds(60));
            await registry.KillAsync();
            await Task.WhenAll(publishing);

            await registry.StartAsync();
            foreach (var device in devices)
            {
                // The last state is known at once. The registry does not know how long it was down, so it calls no device silent.
                var state = await registry.GetAsync("/api/v1/devices/" + device.Id);
                Assert.Equal("recorded", state.GetProperty("capture").GetProperty("video").GetString());
                Assert.Contains(state.GetProperty("presence").GetString(), new[] { "online", "late", "unknown" });
                await device.ResendAsync(registry);
            }

            var stored = await StoredAsync(registry, round);
            Assert.All(
                devices,
                device =>
                {
                    Assert.NotEmpty(device.Acknowledged);
                    Assert.Empty(device.Acknowledged.Except(stored[device.Id].Select(one => one.Seq)));
                    Assert.Empty(device.Sent.Except(stored[device.Id].Select(one => one.Seq)));
                    Assert.DoesNotContain(stored[device.Id], one => one.Times > 1);
                }
            );
            Assert.All(
                devices,
                device =>
                    Assert.Equal("online", registry.GetAsync("/api/v1/devices/" + device.Id).Result.GetProperty("presence").GetString())
            );
        }

        Assert.Equal(0, await registry.StopAsync());
        await registry.StartAsync();
    }

    /// <summary>A camera that has many heartbeats in flight, and resends what was not acknowledged.</summary>
    private sealed class Device(string id, string secret, long epoch)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _seq;

        public string Id => id;

        public ConcurrentBag<long> Acknowledged { get; } = [];

        public IEnumerable<long> Sent => Enumerable.Range(1, (int)_seq).Select(seq => (long)seq);

        public Task Enough => _enough.Task;

        public async Task PublishUntilKilledAsync(RegistryHost registry, Device[] all)
        {
            using var client = await registry.ConnectAsync(id, secret);
            await Task.WhenAll(
                Enumerable
                    .Range(0, InFlight)
                    .Select(_ =>
                        Task.Run(async () =>
                        {
                            try
                            {
                                while (true)
                                {
                                    await SendAsync(client, Interlocked.Increment(ref _seq));
                                    if (all.Sum(device => device.Acknowledged.Count) >= EnoughAcknowledged)
                                        _enough.TrySetResult();
                                }
                            }
                            catch (Exception broken)
                                when (broken
                                        is MqttCommunicationException
                                            or MqttClientNotConnectedException
                                            or MqttClientDisconnectedException
                                            or OperationCanceledException
                                )
                            {
                                // The registry was killed. Heartbeats without an acknowledgement are sent again.
                            }
                        })
                    )
            );
        }

        /// <summary>
        /// After a new sign-in: what was not acknowledged, and some of what was, since an acknowledgement may have been lost.
        /// </summary>
        public async Task ResendAsync(RegistryHost registry)
        {
            using var client = await registry.ConnectAsync(id, secret);
            await Task.WhenAll(
                Sent.Except(Acknowledged)
                    .Concat(Acknowledged.OrderDescending().Take(20))
                    .Append(Interlocked.Increment(ref _seq))
                    .Order()
                    .Select(seq => SendAsync(client, seq))
            );
            await client.DisconnectAsync();
        }

        private async Task SendAsync(IMqttClient client, long seq)
        {
            var answer = await client.PublishAsync(RegistryHost.Heartbeat(id, epoch, seq, Capture));
            Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode);
            Acknowledged.Add(seq);
        }
    }

    private static async Task<ILookup<string, (long Seq, long Times)>> StoredAsync(RegistryHost registry, long epoch)
    {
        await using var database = NpgsqlDataSource.Create(await registry.ConnectionStringAsync());
        await using var command = database.CreateCommand(
            "select id, seq, count(*) from registry.heartbeat join registry.device using (slot) where epoch = $1 group by id, seq"
        );
        command.Parameters.AddWithValue(epoch);
        await using var rows = await command.ExecuteReaderAsync();
        var stored = new List<(string Id, long Seq, long Times)>();
        while (await rows.ReadAsync())
            stored.Add((rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        return stored.ToLookup(one => one.Id, one => (one.Seq, one.Times));
    }
}
