using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>
/// Listens for changes of enrolment, whoever makes them, in this process or another, and ends the sessions of those whose credential does
/// not hold any more. After every new connection it compares everybody who is signed in, since nobody knows what was missed.
/// </summary>
/// <param name="brokers">Where devices are signed in; none in a verb that only writes.</param>
public sealed class EnrolmentWatch(
    NpgsqlDataSource database, IEnrolment enrolment, IEnumerable<ISessions> brokers, IEnumerable<IEnrolmentEar> ears, TimeProvider time, ILogger<EnrolmentWatch> logger) : BackgroundService
{
    private const string CredentialOf = "credential:"; // What changed stands before whose it is.

    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Listening => _listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (brokers.FirstOrDefault() is not { } sessions)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                var changed = new HashSet<string>(StringComparer.Ordinal);
                connection.Notification += (_, notification) => changed.Add(notification.Payload);
                await using (var listen = new NpgsqlCommand("listen registry_enrolment", connection))
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                changed.UnionWith(sessions.SignedIn().Select(session => CredentialOf + session.Id));
                _listening.TrySetResult();
                while (true)
                {
                    foreach (var what in changed.ToArray())
                    {
                        changed.Remove(what);
                        var id = what[(what.IndexOf(':', StringComparison.Ordinal) + 1)..];
                        await CompareAsync(id, sessions, stoppingToken);
                        foreach (var ear in what.StartsWith(CredentialOf, StringComparison.Ordinal) ? [] : ears)
                            await ear.ChangedAsync(id, stoppingToken);
                    }

                    await connection.WaitAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The database is away: it listens again when it is back, and compares everybody then.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogWarning("Changes of enrolment cannot be heard ({Reason}); everybody who is signed in is compared when they can.", failure.Message);
                await Task.Delay(BeforeTryingAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task CompareAsync(string id, ISessions sessions, CancellationToken cancellationToken)
    {
        foreach (var (_, credential) in sessions.SignedIn(id))
        {
            var enrolled = await enrolment.FindAsync(id, cancellationToken);
            if (enrolled?.Device is { Lifecycle: Lifecycle.Removed } || enrolled?.Credentials.Any(held => held.Number == credential) != true)
            {
                logger.LogInformation("The session of {Client} is ended: its credential does not hold any more.", id);
                sessions.End(id);
            }
        }
    }
}
