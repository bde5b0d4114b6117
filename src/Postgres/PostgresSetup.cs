using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Notices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Staff;

namespace SurveillanceRegistry.Postgres;

/// <summary>Gives every port of the Domain its body on PostgreSQL.</summary>
public static class PostgresSetup
{
    private const int MaxPrepared = 100;

    /// <summary>Adds the registers and the heartbeat log's writer.</summary>
    public static IServiceCollection AddPostgres(this IServiceCollection services, string connectionString)
    {
        // What the heartbeat log calls durable must not hang on how somebody's server or role was set up.
        var durable = new NpgsqlConnectionStringBuilder(connectionString);
        durable.Options = $"{durable.Options} -c synchronous_commit=on -c role={Schema.ServiceRole}".TrimStart();
        // What is asked again and again is planned once for each connection.
        durable.MaxAutoPrepare = MaxPrepared;
        // A session goes back to the pool as it is: nobody leaves a setting, a temporary table or a lock behind. Whoever listened may: what
        // comes is dropped.
        durable.NoResetOnClose = true;
        // Its metrics carry its name, and not how to reach the database.
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(durable.ConnectionString) { Name = "registry" }.Build());
        services.AddSingleton<IPolicyRegister, PolicyRegister>();
        services.AddSingleton<IChangeRegister, ChangeRegister>();
        services.AddSingleton<IIdempotencyRegister, IdempotencyRegister>();
        services.AddSingleton<ILedgerLog, LedgerLog>();
        services.AddSingleton<IStaffRegister, StaffRegister>();
        services.AddSingleton<ISavedViews, SavedViews>();
        services.AddSingleton<IDeviceRegister, DeviceRegister>();
        services.AddSingleton<IEnrolment, Enrolment>();
        services.AddSingleton<IMobileReadAudit, MobileReadAudit>();
        services.AddHostedService<EnrolmentChangeListener>();
        services.AddSingleton<IPlaceRegister, PlaceRegister>();
        services.AddSingleton<INoticeRegister, NoticeRegister>();
        services.AddSingleton<ObservationRegister>();
        services.AddSingleton<IObservationRegister>(provider => provider.GetRequiredService<ObservationRegister>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ObservationRegister>());
        services.AddSingleton<IObservedPeriodRegister, ObservedPeriodRegister>();
        services.AddSingleton<IExpectedStateRegister, ExpectedStateRegister>();
        services.AddSingleton<IStateHistoryRegister, StateHistoryRegister>();
        services.AddHostedService<ClockStepDetector>();
        services.TryAddSingleton(new HeartbeatRetention(HeartbeatRetention.DefaultDays));
        services.AddHostedService<HeartbeatPartitionMaintenance>();
        services.AddSingleton<HistorySealer>();
        services.AddSingleton<IHistorySealer>(provider => provider.GetRequiredService<HistorySealer>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HistorySealer>());
        services.AddSingleton<HeartbeatLog>();
        services.AddSingleton<IHeartbeatLog>(provider => provider.GetRequiredService<HeartbeatLog>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HeartbeatLog>());
        return services;
    }
}
