using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>Gives a command the registers on PostgreSQL for as long as it runs, also while the server runs.</summary>
internal static class RegisterAccess
{
    /// <summary>The author of changes made at the command line; the ledger names it.</summary>
    public static readonly Attribution Operator = new("operator");

    public static async Task<int> RunAsync(Func<IServiceProvider, Task<int>> command, CancellationToken cancellationToken)
    {
        using var logs = LoggingSetup.Create();
        await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
        await using var services = new ServiceCollection()
            .AddLogging(LoggingSetup.Configure)
            .AddSingleton(TimeProvider.System)
            .AddPostgres(database.ConnectionString)
            .BuildServiceProvider();
        return await command(services);
    }

    /// <summary>
    /// Gives a check the live register: that of the settings' database, or of a private cluster that runs. It starts none. Says on stderr
    /// what the check compares with, and why with files.
    /// </summary>
    /// <param name="files">What the check compares with instead, in words.</param>
    /// <returns>The exit code; null when no register can be read or it was never filled, and the check must compare with files.</returns>
    public static async Task<int?> RunIfLiveAsync(
        Func<IServiceProvider, Task<int>> check,
        string files,
        CancellationToken cancellationToken
    )
    {
        var settings = Settings.Read([]);
        int? code = null;
        var why = "no register is live here.";
        try
        {
            if (settings.Database.Length > 0 || await PrivateCluster.ConnectIfRunningAsync(settings.Data, cancellationToken) is not null)
                await RunAsync(CheckFilledAsync, cancellationToken);
        }
        catch (ClusterUnavailableException away) when (settings.Database.Length > 0)
        {
            // A machine that only checks files need not reach the database.
            why = $"the register cannot be read. {away.Message}";
        }

        if (code is null)
            await Console.Error.WriteLineAsync($"Compared with {files}: {why}");
        return code;

        async Task<int> CheckFilledAsync(IServiceProvider services)
        {
            if (await services.GetRequiredService<IPolicyRegister>().IsEmptyAsync(cancellationToken))
                return 0;
            await Console.Error.WriteLineAsync("Compared with the register.");
            code = await check(services);
            return 0;
        }
    }

    /// <summary>Records in the security log what a command changed.</summary>
    /// <param name="subject">The account that it happened to; null when there is none.</param>
    public static Task RecordAsync(
        IServiceProvider services,
        SecurityEventKind kind,
        string? subject,
        long? token,
        CancellationToken cancellationToken
    ) =>
        services
            .GetRequiredService<ISecurityLog>()
            .RecordAsync(
                new SecurityEvent(kind, Actor: null, subject, token, SecurityEvent.CommandLine),
                TimeProvider.System.GetUtcNow(),
                cancellationToken
            );

    /// <summary>Throws <see cref="PrerequisiteException"/> if the register was never filled.</summary>
    public static async Task MustBeFilledAsync(IPolicyRegister policies, CancellationToken cancellationToken)
    {
        if (await policies.IsEmptyAsync(cancellationToken))
            throw new PrerequisiteException(
                "The register is empty: start the registry once ('registry serve'), and it is filled from its files."
            );
    }
}
