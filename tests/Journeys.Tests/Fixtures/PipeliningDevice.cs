using System.Collections.Concurrent;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Npgsql;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>
/// A device with many heartbeats in flight. It leaves a will, resends nothing and never reconnects: it has one connection.
/// </summary>
internal sealed class PipeliningDevice : IAsyncDisposable
{
    private const string Capture = """{"video":"recorded"}""";
    private const int InFlight = 32,
        Epoch = 1;

    /// <summary>Between two heartbeats, so that no device reaches its rate limit.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<long> _acknowledged = [];
    private Task _publishing = Task.CompletedTask;
    private long _seq;

    private PipeliningDevice(string id) => Id = id;

    public string Id { get; }

    public int AcknowledgedCount => _acknowledged.Count;

    /// <summary>Whether its one connection ended before the test ended it.</summary>
    public bool WasDisconnected { get; private set; }

    public static async Task<PipeliningDevice> ConnectAsync(
        RegistryHost registry,
        string id,
        MqttProtocolVersion version = MqttProtocolVersion.V500,
        string? secret = null
    )
    {
        secret ??= await registry.IssueSecretAsync(id);
        var device = new PipeliningDevice(id);
        await device._client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(registry.Mqtt.Address.ToString(), registry.Mqtt.Port)
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
        device._client.DisconnectedAsync += _ =>
        {
            device.WasDisconnected |= !device._stopping.IsCancellationRequested;
            return Task.CompletedTask;
        };
        return device;
    }

    public async Task PublishAsync()
    {
        var seq = Interlocked.Increment(ref _seq);
        var answer = await _client.PublishAsync(RegistryHost.Heartbeat(Id, Epoch, seq, Capture));
        Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode);
        _acknowledged.Add(seq);
    }

    public void StartPublishing() =>
        _publishing = Task.WhenAll(
            Enumerable
                .Range(0, InFlight)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (!_stopping.IsCancellationRequested)
                        {
                            await PublishAsync();
                            await Task.Delay(Pause);
                        }
                    })
                )
        );

    /// <summary>Waits until so many more heartbeats are acknowledged.</summary>
    public async Task WaitForAcknowledgementsAsync(int more)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var wanted = AcknowledgedCount + more; AcknowledgedCount < wanted; await Task.Delay(20, patience.Token))
            Assert.False(_publishing.IsFaulted, _publishing.Exception?.ToString());
    }

    /// <summary>Sends no more heartbeats, and waits for every outstanding acknowledgement.</summary>
    public async Task StopPublishingAsync()
    {
        await _stopping.CancelAsync();
        await _publishing.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Asserts that the log holds every heartbeat once, and that every one was acknowledged.</summary>
    public async Task AssertStoredOnceAsync(string database)
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

    /// <summary>Every presence that the registry recorded for it, oldest first.</summary>
    public async Task<string[]> RecordedPresencesAsync(string database)
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
