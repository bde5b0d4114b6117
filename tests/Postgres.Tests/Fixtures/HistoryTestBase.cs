using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Presence.History;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>A day of history in the database of a small city, with what seals and verifies it.</summary>
public abstract class HistoryTestBase(SharedCluster cluster) : IAsyncLifetime
{
    private protected FakeTimeProvider Time { get; } = new(Midnight);
    private protected Database Database { get; private set; } = null!;

    private protected HistorySealer Sealer { get; private set; } = null!;

    private protected HistoryVerifier Verifier { get; private set; } = null!;

    /// <summary>The end of the day on which the city was opened, at noon of its own time.</summary>
    private protected static DateTimeOffset Midnight => new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Database = await cluster.NewCityAsync();
        Verifier = new HistoryVerifier(Database.Source);
        Sealer = new HistorySealer(Database.Source, Time, NullLogger<HistorySealer>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected const string Insert =
        "insert into registry.observation (device, at, epoch, seq, presence, body) values (@device, @at, 1, @seq, @presence, @body::jsonb)";

    private protected static object Values(string device, long seq, PresenceState presence, DateTimeOffset at) =>
        new
        {
            device,
            seq,
            at = at.UtcDateTime,
            presence = Domain.Json.Word(presence),
            body = SmallCity.Text(
                DeviceObservation.FromFirstHeartbeat(
                    new Heartbeat(
                        1,
                        device,
                        1,
                        seq,
                        at,
                        null,
                        default(CaptureReport).With(Capture.Video, Mode.Recorded),
                        Health.Ok,
                        "1.0",
                        null
                    )
                ) with
                {
                    Presence = presence,
                }
            ),
        };

    private protected Task<int> StateAsync(string device, long seq, PresenceState presence, DateTimeOffset at, Database? database = null) =>
        (database ?? Database).AskAsync<int>(Insert, Values(device, seq, presence, at));

    /// <summary>Writes a day: states of a camera and of a mobile device, a heartbeat, and a period observed until after midnight.</summary>
    private protected async Task LiveAsync(Database? database = null)
    {
        await StateAsync(SmallCity.Camera, 1, PresenceState.Online, SmallCity.Noon, database);
        await StateAsync(SmallCity.Reader, 1, PresenceState.Online, SmallCity.Noon, database);
        await StateAsync(SmallCity.Camera, 2, PresenceState.Silent, SmallCity.Noon.AddHours(1), database);
        await (database ?? Database).AskAsync<int>(
            "insert into registry.watch (from_at, to_at) values ('2026-11-23T10:00Z', '2026-11-24T01:30Z')"
        );
        await (database ?? Database).AskAsync<int>(
            """
            insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware)
            values (1, 1, 1, '2026-11-23T20:00Z', 1, 0, '1.0')
            """
        );
    }

    /// <summary>Appends an entry of the registry with exactly this text to the ledger; returns its number.</summary>
    private protected Task<long> AppendEntryAsync(string at, string kind, string body) =>
        Database.AskAsync<long>(
            "select registry.append_entry(@at::timestamptz, @kind, convert_to(@text, 'UTF8'))",
            new
            {
                at,
                kind,
                text = $$$"""{"v":1,"at":"{{{at}}}","kind":"{{{kind}}}","by":{"role":"registry"},"body":{{{body}}}}""",
            }
        );

    private protected Task<Database> NewDatabaseAsync() => cluster.NewRegisterAsync();
}
