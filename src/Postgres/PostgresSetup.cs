using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Registers.Lists;
using SurveillanceRegistry.Domain.Search;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Devices.Facts;
using SurveillanceRegistry.Postgres.Devices.Imports;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Notices;
using SurveillanceRegistry.Postgres.Outbox;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Presence.History;
using SurveillanceRegistry.Postgres.Records;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Search;
using SurveillanceRegistry.Postgres.Staff;

namespace SurveillanceRegistry.Postgres;

/// <summary>Registers the PostgreSQL implementation of every port of the Domain.</summary>
public static class PostgresSetup
{
    private const int MaxPrepared = 100;

    /// <summary>Adds the registers, the heartbeat log and their background services.</summary>
    public static IServiceCollection AddPostgres(this IServiceCollection services, string connectionString)
    {
        // Durability must not depend on the settings of the server or of the role.
        var durable = new NpgsqlConnectionStringBuilder(connectionString);
        durable.Options = $"{durable.Options} -c synchronous_commit=on -c role={Schema.ServiceRole}".TrimStart();
        // Frequent statements are planned once for each connection.
        durable.MaxAutoPrepare = MaxPrepared;
        // No DISCARD ALL on return to the pool: no code leaves settings, temporary tables or advisory locks. A leftover LISTEN is harmless:
        // its notifications are dropped.
        durable.NoResetOnClose = true;
        // The name is the tag of its metrics; the default would be the connection string.
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(durable.ConnectionString) { Name = "registry" }.Build());
        services.AddSingleton<IPolicyRegister, PolicyRegister>();
        services.AddSingleton<IChangeRegister, ChangeRegister>();
        services.AddSingleton<IIdempotencyRegister, IdempotencyRegister>();
        AddLedger(services, durable);
        AddBackups(services);
        AddStaff(services);
        services.AddSingleton<IDeviceRegister, DeviceRegister>();
        services.AddSingleton<IWithdrawalRegister, WithdrawalRegister>();
        services.AddSingleton<INamedListRegister, NamedListRegister>();
        services.AddSingleton<IListImportRegister, ListImportRegister>();
        AddRecords(services);
        services.AddSingleton<IEnrolment, Enrolment>();
        services.AddSingleton<IGatewayRegister, GatewayRegister>();
        services.AddSingleton<ICredentialRegister, CredentialRegister>();
        services.AddSingleton<IClaimRegister, ClaimRegister>();
        services.AddSingleton<IMobileReadAudit, MobileReadAudit>();
        services.AddHostedService<EnrolmentChangeListener>();
        AddPlaces(services);
        services.AddSingleton<INoticeRegister, NoticeRegister>();
        services.AddSingleton<ObservationRegister>();
        services.AddSingleton<IObservationRegister>(provider => provider.GetRequiredService<ObservationRegister>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ObservationRegister>());
        services.AddSingleton<IObservedPeriodRegister, ObservedPeriodRegister>();
        services.AddSingleton<IExpectedStateRegister, ExpectedStateRegister>();
        services.AddSingleton<IStateHistoryRegister, StateHistoryRegister>();
        services.AddSingleton<IPeriodicTask, ClockStepDetector>();
        services.AddSingleton<IPeriodicTask, HeartbeatPartitionMaintenance>();
        services.AddSingleton<HistorySealer>();
        services.AddSingleton<IHistorySealer>(provider => provider.GetRequiredService<HistorySealer>());
        services.AddSingleton<IPeriodicTask>(provider => provider.GetRequiredService<HistorySealer>());
        services.AddSingleton<IHistoryVerifier, HistoryVerifier>();
        services.AddSingleton<HeartbeatLog>();
        services.AddSingleton<IHeartbeatLog>(provider => provider.GetRequiredService<HeartbeatLog>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HeartbeatLog>());
        return services;
    }

    private static void AddLedger(IServiceCollection services, NpgsqlConnectionStringBuilder database)
    {
        services.AddSingleton<ILedgerLog, LedgerLog>();
        services.AddKeyedSingleton(nameof(LedgerSnapshots), (_, _) => LedgerSnapshots.CreateDataSource(database));
        services.AddSingleton<ILedgerSnapshots>(provider => new LedgerSnapshots(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(nameof(LedgerSnapshots))
        ));
    }

    private static void AddBackups(IServiceCollection services)
    {
        services.AddSingleton<LedgerState>();
        services.AddSingleton<DrillRegister>();
        services.AddSingleton<IPeriodicTask, DrillMetrics>();
        services.AddSingleton<IPeriodicTask, DraftExpiry>();
    }

    private static void AddRecords(IServiceCollection services)
    {
        services.TryAddSingleton(new HeartbeatRetention(HeartbeatRetention.DefaultDays));
        services.AddSingleton<ILegalHoldRegister, LegalHoldRegister>();
        services.AddSingleton(provider => new RecordsSchedule(
            ImmutableDictionary
                .Create<HeldRecords, int>()
                .Add(HeldRecords.Heartbeats, provider.GetRequiredService<HeartbeatRetention>().Days)
                .Add(HeldRecords.SecurityLog, provider.GetRequiredService<SecurityLogRetention>().Days)
        ));
    }

    private static void AddOutbox(IServiceCollection services)
    {
        services.AddSingleton<IOutbox, OutboxRegister>();
        services.AddSingleton<IMailChoices, MailChoices>();
        services.AddSingleton<IWebhookRegister, WebhookRegister>();
    }

    private static void AddPlaces(IServiceCollection services)
    {
        services.AddSingleton<IPlaceRegister, PlaceRegister>();
        services.AddSingleton<IInventoryRegister<Place>, PlaceInventory>();
        services.AddSingleton<IInventoryRegister<Kiosk>, KioskInventory>();
        services.AddSingleton<IInventoryRegister<Fleet>, FleetInventory>();
        services.AddSingleton<IRegisterLists<Place>, PlaceInventory>();
        services.AddSingleton<IRegisterLists<Kiosk>, KioskInventory>();
        services.AddSingleton<IDepartmentUses, DepartmentUses>();
        services.AddSingleton<IKindUses, KindUses>();
        services.AddSingleton<IPlaceUses, PlaceUses>();
        services.AddSingleton<IFleetBaseRegister, FleetBaseRegister>();
        services.AddSingleton<ISearchRegister, SearchRegister>();
    }

    private static void AddStaff(IServiceCollection services)
    {
        AddOutbox(services);
        services.AddSingleton<IStaffRegister, StaffRegister>();
        services.AddSingleton<IStaffCredentialRegister, StaffCredentialRegister>();
        services.AddSingleton<IStaffSessions, StaffSessions>();
        services.AddSingleton<ITokenRegister, TokenRegister>();
        services.TryAddSingleton(new SecurityLogRetention(SecurityLogRetention.DefaultDays));
        services.AddSingleton<SecurityLog>();
        services.AddSingleton<ISecurityLog>(provider => provider.GetRequiredService<SecurityLog>());
        services.AddSingleton<IPeriodicTask>(provider => provider.GetRequiredService<SecurityLog>());
        services.AddSingleton<ISavedViews, SavedViews>();
    }
}
