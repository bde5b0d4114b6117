using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Exceptions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Reliability;

/// <summary>What was acknowledged is kept, once, whatever happens to the process.</summary>
public sealed class KillTests
{
    private const string Capture = """{"video":"recorded"}""";
    private const int InFlight = 16,
        EnoughAcknowledged = 1500;

    private static readonly string[] Cameras = ["city-hall-lobby-1", "city-hall-lobby-2", "city-hall-lobby-3", "city-hall-garage-1"];
    private static readonly int Rounds = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 100 : 5;

    [Fact]
    public async Task Loses_no_acknowledged_heartbeat_keeps_none_twice_and_tells_no_presence_wrongly()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        var secrets = new Dictionary<string, string>();
        foreach (var camera in Cameras)
            secrets[camera] = await house.SecretAsync(camera);
        for (var round = 1; round <= Rounds; round++)
        {
            var units = Cameras.Select(camera => new Unit(camera, secrets[camera], round)).ToArray();
            var speaking = units.Select(unit => unit.SpeakAsync(house, units)).ToArray();
            await Task.WhenAny(Task.WhenAll(units.Select(unit => unit.Enough)), Task.WhenAll(speaking)).WaitAsync(TimeSpan.FromSeconds(60));
            await house.KillAsync();
            await Task.WhenAll(speaking);

            await house.OpenAsync();
            foreach (var unit in units)
            {
                // What was heard last is known at once. How long the house was away nobody knows, so nobody is called silent.
                var device = await house.GetAsync("/api/v1/devices/" + unit.Id);
                Assert.Equal("recorded", device.GetProperty("capture").GetProperty("video").GetString());
                Assert.Contains(device.GetProperty("presence").GetString(), new[] { "online", "late", "unknown" });
                await unit.SendAgainAsync(house);
            }

            var kept = await KeptAsync(house, round);
            Assert.All(
                units,
                unit =>
                {
                    Assert.NotEmpty(unit.Acknowledged);
                    Assert.Empty(unit.Acknowledged.Except(kept[unit.Id].Select(one => one.Seq)));
                    Assert.Empty(unit.Sent.Except(kept[unit.Id].Select(one => one.Seq)));
                    Assert.DoesNotContain(kept[unit.Id], one => one.Times > 1);
                }
            );
            Assert.All(
                units,
                unit => Assert.Equal("online", house.GetAsync("/api/v1/devices/" + unit.Id).Result.GetProperty("presence").GetString())
            );
        }

        Assert.Equal(0, await house.CloseAsync());
        await house.OpenAsync();
    }

    /// <summary>A camera that pipelines, and forgets nothing that was not acknowledged.</summary>
    private sealed class Unit(string id, string secret, long epoch)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _seq;

        public string Id => id;

        public ConcurrentBag<long> Acknowledged { get; } = [];

        public IEnumerable<long> Sent => Enumerable.Range(1, (int)_seq).Select(seq => (long)seq);

        public Task Enough => _enough.Task;

        public async Task SpeakAsync(RegistryHost house, Unit[] all)
        {
            using var client = await house.ConnectAsync(id, secret);
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
                                    if (all.Sum(unit => unit.Acknowledged.Count) >= EnoughAcknowledged)
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
                                // Killed. What has no acknowledgement is sent again.
                            }
                        })
                    )
            );
        }

        /// <summary>
        /// After a new sign-in: what was not acknowledged, and some of what was, since an acknowledgement may have been lost.
        /// </summary>
        public async Task SendAgainAsync(RegistryHost house)
        {
            using var client = await house.ConnectAsync(id, secret);
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

    private static async Task<ILookup<string, (long Seq, long Times)>> KeptAsync(RegistryHost house, long epoch)
    {
        await using var database = NpgsqlDataSource.Create(await house.DatabaseAsync());
        await using var command = database.CreateCommand(
            "select id, seq, count(*) from registry.heartbeat join registry.device using (slot) where epoch = $1 group by id, seq"
        );
        command.Parameters.AddWithValue(epoch);
        await using var rows = await command.ExecuteReaderAsync();
        var kept = new List<(string Id, long Seq, long Times)>();
        while (await rows.ReadAsync())
            kept.Add((rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        return kept.ToLookup(one => one.Id, one => (one.Seq, one.Times));
    }
}
