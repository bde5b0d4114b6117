using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>
/// Listens for changes of enrolment, whoever makes them, in this process or another, and ends the sessions of those whose credential does
/// not hold any more. After every new connection it compares everybody who is signed in, since nobody knows what was missed.
/// </summary>
public sealed class EnrolmentWatch(NpgsqlDataSource database, IServiceProvider services, TimeProvider time, ILogger<EnrolmentWatch> logger) : BackgroundService
{
    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Listening => _listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetService<ISessions>() is not { } sessions || services.GetService<IEnrolment>() is not { } enrolment)
            return; // A verb that only writes: nobody is signed in here.
        var changes = services.GetServices<IEnrolmentEar>().ToArray();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                var changed = new HashSet<string>(StringComparer.Ordinal);
                connection.Notification += (_, notification) => changed.Add(notification.Payload);
                await using (var listen = new NpgsqlCommand("listen registry_enrolment", connection))
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                changed.UnionWith(sessions.SignedIn().Select(session => session.Id));
                _listening.TrySetResult();
                while (true)
                {
                    foreach (var id in changed.ToArray())
                    {
                        changed.Remove(id);
                        await CompareAsync(id, sessions, enrolment, stoppingToken);
                        foreach (var ear in changes)
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

    private async Task CompareAsync(string id, ISessions sessions, IEnrolment enrolment, CancellationToken cancellationToken)
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
