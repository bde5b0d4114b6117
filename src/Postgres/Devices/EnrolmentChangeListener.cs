using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>
/// Listens for changes of enrolment, whoever makes them, in this process or another, and ends the sessions of those whose credential does
/// not hold any more. Everybody who is signed in is compared after every new connection, since nobody knows what was missed, and every
/// <see cref="FullCheckInterval"/>: a certificate expires without a word, somebody may have been let in on a credential that ended
/// meanwhile, and
/// a connection that is dead on the other side says nothing either.
/// </summary>
/// <param name="brokers">Where devices are signed in; none in a verb that only writes.</param>
public sealed class EnrolmentChangeListener(
    NpgsqlDataSource database,
    IEnumerable<ISessions> brokers,
    IEnumerable<IEnrolmentListener> ears,
    TimeProvider time,
    ILogger<EnrolmentChangeListener> logger
) : BackgroundService
{
    // What changed stands before whose it is.
    private const string CredentialOf = "credential:";
    internal const string EpochsOf = "epochs:";

    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was heard and not done yet; kept over a lost connection.</summary>
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Of what the broker has heard and nobody else yet.</summary>
    private readonly HashSet<string> _untold = new(StringComparer.Ordinal);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>How often everybody is compared, whatever is heard.</summary>
    public static TimeSpan FullCheckInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Listening => _listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (brokers.FirstOrDefault() is not { } sessions)
            return;
        var telling = TellAsync(stoppingToken);
        await ListenAsync(sessions, stoppingToken);
        await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ListenAsync(ISessions sessions, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, notification) => _changed.Add(notification.Payload);
                await connection.ExecuteAsync(new CommandDefinition("listen registry_enrolment", cancellationToken: stoppingToken));
                await ListenAsync(connection, sessions, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The database is away: it listens again when it is back, and compares everybody then.
                logger.LogWarning(
                    "Changes of enrolment cannot be heard ({Reason}); everybody who is signed in is compared when they can.",
                    failure.Message
                );
                await Task.Delay(BeforeTryingAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, ISessions sessions, CancellationToken cancellationToken)
    {
        var looked = 0L;
        while (true)
        {
            string[] changed = [.. _changed];
            _changed.Clear(); // What is heard from here on is done next, the same name again too.
            try
            {
                await ActAsync(changed);
            }
            catch
            {
                _changed.UnionWith(changed);
                throw;
            }

            _listening.TrySetResult();
            if (_changed.Count == 0)
                await connection.WaitAsync(FullCheckInterval, cancellationToken);
        }

        async Task ActAsync(string[] changed)
        {
            if (looked == 0 || time.GetElapsedTime(looked) >= FullCheckInterval)
            {
                looked = time.GetTimestamp();
                await CompareAsync(connection, sessions, sessions.SignedIn(), cancellationToken);
            }
            else if (changed.Length > 0)
            {
                await CompareAsync(
                    connection,
                    sessions,
                    [.. changed.Select(IdOf).Distinct().SelectMany(id => sessions.SignedIn(id))],
                    cancellationToken
                );
            }

            foreach (var id in changed.Where(what => what.StartsWith(EpochsOf, StringComparison.Ordinal)).Select(IdOf))
                await sessions.EpochsForgottenAsync(id, cancellationToken);
            string[] registered =
            [
                .. changed
                    .Where(what =>
                        !what.StartsWith(CredentialOf, StringComparison.Ordinal) && !what.StartsWith(EpochsOf, StringComparison.Ordinal)
                    )
                    .Select(IdOf),
            ];
            foreach (var id in registered)
                await sessions.ChangedAsync(id, cancellationToken);
            lock (_untold)
                _untold.UnionWith(registered);
            _news.Writer.TryWrite(true);
        }
    }

    /// <summary>
    /// Tells everybody but the broker. Beside the listening: after a large import nobody speaks on while rooms are reloaded.
    /// </summary>
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        while (await _news.Reader.WaitToReadAsync(cancellationToken))
        {
            _news.Reader.TryRead(out _);
            string[] untold;
            lock (_untold)
            {
                untold = [.. _untold];
                _untold.Clear();
            }

            foreach (var id in untold)
            {
                try
                {
                    foreach (var ear in ears)
                        await ear.ChangedAsync(id, cancellationToken);
                }
                catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
                {
                    // Whatever the reason: the others are told, and this one is told again.
                    logger.LogWarning(
                        "A change in the register could not be passed on ({Reason}); it is passed on again in {Seconds} s.",
                        failure.Message,
                        BeforeTryingAgain.TotalSeconds
                    );
                    await Task.Delay(BeforeTryingAgain, time, cancellationToken);
                    lock (_untold)
                        _untold.Add(id);
                    _news.Writer.TryWrite(true);
                }
            }
        }
    }

    private static string IdOf(string what) => what[(what.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>
    /// Ends every session whose credential does not hold. One question for all of them, on the connection that listens; asked for nobody
    /// too, since it tells whether that connection lives.
    /// </summary>
    private async Task CompareAsync(
        NpgsqlConnection connection,
        ISessions sessions,
        IReadOnlyCollection<(string Id, long Credential)> signedIn,
        CancellationToken cancellationToken
    )
    {
        var held = (
            await connection.QueryAsync<(string, long)>(
                new CommandDefinition(
                    """
                    select holder, number from registry.credential
                    where (holder, number) in (select * from unnest(@holders, @numbers)) and ended_at is null and (not_after is null or not_after > @now)
                    and (exists (select from registry.device where id = holder and body->>'lifecycle' <> 'removed') or exists (select from registry.gateway where id = holder and not removed))
                    """,
                    new
                    {
                        holders = signedIn.Select(session => session.Id).ToArray(),
                        numbers = signedIn.Select(session => session.Credential).ToArray(),
                        now = time.GetUtcNow().UtcDateTime,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).ToHashSet();
        foreach (var session in signedIn.Where(session => !held.Contains(session) && sessions.SignedIn(session.Id).Contains(session)))
        {
            logger.LogInformation("The session of {Client} is ended: its credential does not hold any more.", session.Id);
            sessions.End(session.Id);
        }
    }
}
