using System.Collections.Concurrent;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Npgsql;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>
/// A unit with many heartbeats in the air at once. It leaves a will, asks for nothing twice, and never signs in again: one connection is
/// all it has.
/// </summary>
internal sealed class PipeliningDevice : IAsyncDisposable
{
    private const string Capture = """{"video":"recorded"}""";
    private const int InFlight = 32,
        Epoch = 1;

    /// <summary>So that no unit comes near the rate at which it would be refused.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(40);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<long> _acknowledged = [];
    private Task _speaking = Task.CompletedTask;
    private long _seq;

    private PipeliningDevice(string id) => Id = id;

    public string Id { get; }

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Whether its one connection ended.</summary>
    public bool WasCut { get; private set; }

    public static async Task<PipeliningDevice> ConnectAsync(
        RegistryHost house,
        string id,
        MqttProtocolVersion version = MqttProtocolVersion.V500
    )
    {
        var secret = await house.SecretAsync(id);
        var talker = new PipeliningDevice(id);
        await talker._client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(house.Mqtt.Address.ToString(), house.Mqtt.Port)
                .WithProtocolVersion(version)
                .WithClientId(id)
                .WithCredentials(id, secret)
                .WithTimeout(TimeSpan.FromMinutes(5))
                .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
                .WithWillTopic($"registry/v1/devices/{id}/death")
                .WithWillPayload(Encoding.ASCII.GetBytes($$"""{"epoch":{{Epoch}}}"""))
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build()
        );
        talker._client.DisconnectedAsync += _ =>
        {
            talker.WasCut |= !talker._stopping.IsCancellationRequested;
            return Task.CompletedTask;
        };
        return talker;
    }

    public async Task SayAsync()
    {
        var seq = Interlocked.Increment(ref _seq);
        var answer = await _client.PublishAsync(RegistryHost.Heartbeat(Id, Epoch, seq, Capture));
        Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode);
        _acknowledged.Add(seq);
    }

    public void Speak() =>
        _speaking = Task.WhenAll(
            Enumerable
                .Range(0, InFlight)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (!_stopping.IsCancellationRequested)
                        {
                            await SayAsync();
                            await Task.Delay(Breath);
                        }
                    })
                )
        );

    /// <summary>Waits until more was acknowledged than now.</summary>
    public async Task MoreAsync(int more)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var wanted = Acknowledged + more; Acknowledged < wanted; await Task.Delay(20, patience.Token))
            Assert.False(_speaking.IsFaulted, _speaking.Exception?.ToString());
    }

    /// <summary>Says nothing new, and waits for every acknowledgement that it is owed.</summary>
    public async Task FallSilentAsync()
    {
        await _stopping.CancelAsync();
        await _speaking.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The log holds all that was said, each once, and so all that was acknowledged.</summary>
    public async Task IsKeptWholeAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "select seq from registry.heartbeat join registry.device using (slot) where id = $1 and epoch = $2 order by seq"
        );
        command.Parameters.AddWithValue(Id);
        command.Parameters.AddWithValue((long)Epoch);
        await using var rows = await command.ExecuteReaderAsync();
        var kept = new List<long>();
        while (await rows.ReadAsync())
            kept.Add(rows.GetInt64(0));
        Assert.Equal(Enumerable.Range(1, (int)_seq).Select(seq => (long)seq), kept);
        Assert.Equal(kept, _acknowledged.Order());
    }

    /// <summary>Every presence that it was ever told to be in.</summary>
    public async Task<string[]> PresencesAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "select array_agg(presence order by id) from registry.observation where device = $1"
        );
        command.Parameters.AddWithValue(Id);
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_client.IsConnected)
            await _client.DisconnectAsync();
        _client.Dispose();
        _stopping.Dispose();
    }
}
