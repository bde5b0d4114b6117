using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Npgsql;

namespace SurveillanceRegistry.Journeys.Tests;

/// <summary>What was acknowledged is kept, whatever happens to the process.</summary>
public sealed class Kill_minus_nine
{
    private const string Camera = "city-hall-lobby-1", Capture = """{"video":"recorded"}""";
    private static readonly int Rounds = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 20 : 2;

    [Fact]
    public async Task Loses_no_acknowledged_heartbeat_and_the_house_opens_again_by_itself()
    {
        await using var house = new House();
        await house.OpenAsync();
        var secret = await house.SecretAsync(Camera);
        for (var round = 1; round <= Rounds; round++)
        {
            var acknowledged = new List<long>();
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var speaking = SpeakAsync(house, secret, epoch: round, acknowledged, enough);
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await house.KillAsync();
            await speaking;

            await house.OpenAsync();
            var kept = await KeptAsync(house, round);
            Assert.NotEmpty(acknowledged);
            Assert.Empty(acknowledged.Except(kept));
            Assert.Equal(kept.Count, kept.Distinct().Count());
            var device = await house.GetAsync("/api/v1/devices/" + Camera);
            Assert.Equal("recorded", device.GetProperty("capture").GetProperty("video").GetString());
        }

        Assert.Equal(0, await house.CloseAsync());
        await house.OpenAsync();
    }

    /// <summary>Publishes one heartbeat after the other until the connection breaks; writes down each that was acknowledged.</summary>
    private static async Task SpeakAsync(House house, string secret, long epoch, List<long> acknowledged, TaskCompletionSource enough)
    {
        using var client = await house.ConnectAsync(Camera, secret);
        try
        {
            for (long seq = 1; ; seq++)
            {
                var answer = await client.PublishAsync(House.Heartbeat(Camera, epoch, seq, Capture));
                Assert.Equal(MQTTnet.MqttClientPublishReasonCode.Success, answer.ReasonCode);
                acknowledged.Add(seq);
                if (seq == 200)
                    enough.SetResult();
            }
        }
        catch (Exception broken) when (broken is MqttCommunicationException or MqttClientNotConnectedException or OperationCanceledException)
        {
            enough.TrySetException(broken);
        }
    }

    private static async Task<List<long>> KeptAsync(House house, long epoch)
    {
        await using var database = NpgsqlDataSource.Create(await house.DatabaseAsync());
        await using var command = database.CreateCommand("select seq from registry.heartbeat join registry.device using (slot) where id = $1 and epoch = $2");
        command.Parameters.AddWithValue(Camera);
        command.Parameters.AddWithValue(epoch);
        await using var rows = await command.ExecuteReaderAsync();
        var kept = new List<long>();
        while (await rows.ReadAsync())
            kept.Add(rows.GetInt64(0));
        return kept;
    }
}
