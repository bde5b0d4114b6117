using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Presence;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>A running heartbeat log on the database of a small city.</summary>
public abstract class HeartbeatLogTestBase(SharedCluster cluster) : IAsyncLifetime
{
    private protected const string Stored = "select count(*) from registry.heartbeat";

    private protected Database Database { get; private set; } = null!;
    private protected HeartbeatLog Log { get; private set; } = null!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The camera is the first that was registered.</summary>
    private protected const int Camera = 1;

    private protected static Heartbeat Beat(long seq, long epoch = 1) =>
        new(
            Camera,
            SmallCity.Camera,
            epoch,
            seq,
            SmallCity.Noon.AddSeconds(seq),
            null,
            default(CaptureReport).With(Capture.Video, Mode.Recorded),
            Health.Ok,
            "1.0",
            null
        );

    /// <summary>Appends a heartbeat and waits for its result, as the broker does before a PUBACK. Fails when none comes.</summary>
    private protected async Task<WriteResult> AppendAsync(Heartbeat heartbeat, bool mayBeStored = false)
    {
        var write = new RecordedWrite { Heartbeat = heartbeat, MayBeStored = mayBeStored };
        await Log.AppendAsync(write);
        return await write.Answer.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private protected sealed class RecordedWrite : LogWrite
    {
        public bool IsUnchanged { get; init; }

        public override bool MayBeDelayed => IsUnchanged;

        private readonly TaskCompletionSource<WriteResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<WriteResult> Answer => _answer.Task;

        public List<RecordedWrite>? Flushed { get; init; }

        public override void Complete(WriteResult settlement) => _answer.SetResult(settlement);

        public override void Flush() => Flushed?.Add(this);
    }

    public async ValueTask InitializeAsync()
    {
        Database = await cluster.NewCityAsync();
        Log = new HeartbeatLog(Database.Source, TimeProvider.System, NullLogger<HeartbeatLog>.Instance);
        await Log.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Log.StopAsync(CancellationToken.None);
        Log.Dispose();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Locks the log's table against writing until the transaction ends.</summary>
    private protected async Task<OpenTransaction> HoldAsync()
    {
        var connection = await Database.ConnectAsync();
        var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("lock table registry.heartbeat in share mode", transaction: transaction);
        return new OpenTransaction(connection, transaction);
    }

    private protected sealed record OpenTransaction(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
