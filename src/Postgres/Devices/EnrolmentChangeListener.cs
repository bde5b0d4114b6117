using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>
/// Listens for changes of enrolment by any process, and ends the sessions whose credential does not hold any more. It compares all sessions
/// with the register after each new connection, because notifications may have been missed, and every <see cref="FullCheckInterval"/>:
/// a certificate expires without a notification, a sign-in may have overtaken the end of its credential, and a connection whose other side
/// is dead reports nothing.
/// </summary>
/// <param name="brokers">Where devices are signed in; empty in a command that only writes.</param>
/// <param name="listeners">Notified of every change after the broker.</param>
public sealed class EnrolmentChangeListener(
    NpgsqlDataSource database,
    IEnumerable<ISessions> brokers,
    IEnumerable<IEnrolmentListener> listeners,
    TimeProvider time,
    ILogger<EnrolmentChangeListener> logger
) : BackgroundService
{
    // NOTIFY payloads have the form <kind>:<id>.
    private const string CredentialPrefix = "credential:";
    internal const string EpochsPrefix = "epochs:";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Payloads that were received and not handled yet. Kept when the connection is lost.</summary>
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);

    /// <summary>Ids whose change the broker has handled but the other listeners have not. Locked by itself.</summary>
    private readonly HashSet<string> _unnotified = new(StringComparer.Ordinal);

    /// <summary>Wakes the notifying task; holds at most one signal.</summary>
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>How often all sessions are compared with the register, without a notification.</summary>
    public static TimeSpan FullCheckInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Completes when the listener is connected for the first time.</summary>
    public Task Listening => _listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (brokers.FirstOrDefault() is not { } sessions)
            return;
        var notifying = NotifyListenersAsync(stoppingToken);
        await ListenAsync(sessions, stoppingToken);
        await notifying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ListenAsync(ISessions sessions, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, notification) => _pending.Add(notification.Payload);
                await connection.ExecuteAsync(new CommandDefinition("listen registry_enrolment", cancellationToken: stoppingToken));
                await ListenAsync(connection, sessions, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Any reason, usually an unavailable database: it connects again and then compares all sessions.
                logger.LogWarning(
                    "Changes of enrolment cannot be received ({Reason}). All sessions are compared with the register after reconnecting.",
                    failure.Message
                );
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, ISessions sessions, CancellationToken cancellationToken)
    {
        var checkedAt = 0L;
        while (true)
        {
            string[] changed = [.. _pending];
            _pending.Clear(); // Payloads that arrive from here on are handled in the next turn, the same one again too.
            try
            {
                if (checkedAt == 0 || time.GetElapsedTime(checkedAt) >= FullCheckInterval)
                {
                    checkedAt = time.GetTimestamp();
                    await CompareAsync(connection, sessions, sessions.SignedIn(), cancellationToken);
                }
                else if (changed.Length > 0)
                {
                    (string, long)[] signedIn = [.. changed.Select(IdOf).Distinct().SelectMany(id => sessions.SignedIn(id))];
                    await CompareAsync(connection, sessions, signedIn, cancellationToken);
                }

                await PassOnAsync(changed, sessions, cancellationToken);
            }
            catch
            {
                _pending.UnionWith(changed);
                throw;
            }

            _listening.TrySetResult();
            if (_pending.Count == 0)
                await connection.WaitAsync(FullCheckInterval, cancellationToken);
        }
    }

    /// <summary>Passes changes on to the broker, and leaves their ids to the task that notifies the other listeners.</summary>
    /// <param name="changed">Payloads of notifications.</param>
    private async Task PassOnAsync(string[] changed, ISessions sessions, CancellationToken cancellationToken)
    {
        foreach (var id in changed.Where(payload => payload.StartsWith(EpochsPrefix, StringComparison.Ordinal)).Select(IdOf))
            await sessions.ForgetEpochsAsync(id, cancellationToken);
        string[] registered =
        [
            .. changed
                .Where(payload =>
                    !payload.StartsWith(CredentialPrefix, StringComparison.Ordinal)
                    && !payload.StartsWith(EpochsPrefix, StringComparison.Ordinal)
                )
                .Select(IdOf),
        ];
        foreach (var id in registered)
            await sessions.ChangedAsync(id, cancellationToken);
        lock (_unnotified)
            _unnotified.UnionWith(registered);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>
    /// Notifies all listeners except the broker, on a task of its own: after a large import, slow listeners must not delay disconnecting
    /// revoked devices.
    /// </summary>
    private async Task NotifyListenersAsync(CancellationToken cancellationToken)
    {
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            string[] ids;
            lock (_unnotified)
            {
                ids = [.. _unnotified];
                _unnotified.Clear();
            }

            foreach (var id in ids)
            {
                try
                {
                    foreach (var listener in listeners)
                        await listener.ChangedAsync(id, cancellationToken);
                }
                catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
                {
                    // Any reason: the other ids are passed on, and this one is tried again.
                    logger.LogWarning(
                        "A change of enrolment could not be passed on to all listeners ({Reason}); the next try is in {Seconds} s.",
                        failure.Message,
                        RetryDelay.TotalSeconds
                    );
                    await Task.Delay(RetryDelay, time, cancellationToken);
                    lock (_unnotified)
                        _unnotified.Add(id);
                    _wake.Writer.TryWrite(true);
                }
            }
        }
    }

    private static string IdOf(string payload) => payload[(payload.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>
    /// Ends every session whose credential does not hold. One query for all of them, on the listening connection. It also runs for no
    /// session, because it shows whether that connection is alive.
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
                    where (holder, number) in (select * from unnest(@holders, @numbers))
                        and ended_at is null
                        and (not_after is null or not_after > @now)
                        and (
                            exists (select from registry.device where id = holder and body->>'lifecycle' <> 'removed')
                            or exists (select from registry.gateway where id = holder and not removed)
                        )
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
            logger.LogInformation("A session is ended: its credential {Credential} does not hold any more.", session.Credential);
            sessions.End(session.Id);
        }
    }
}
