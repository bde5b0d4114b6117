using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Registers;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The statements that change the table of devices, each with the record of the act, within a transaction.</summary>
internal static class DeviceRows
{
    private const string OneAssetNumber = "no_two_devices_in_use_have_one_asset_number";

    /// <summary>Records in the ledger and in the register the fleets of some devices that are not in them yet.</summary>
    public static async Task RecordFleetsAsync(LedgerTransaction ledger, Attribution by, ImmutableArray<Device> devices)
    {
        var fleets = devices
            .Where(device => device.Fleet is not null)
            .Select(device => (device.Fleet!, device.Technology))
            .Distinct()
            .Order();
        foreach (var (fleet, technology) in fleets)
        {
            if (await ledger.RecordFleetAsync(by, fleet, technology) is { } entry)
                await FleetRows.Register.NameAsync(ledger, fleet, entry);
        }
    }

    /// <summary>
    /// Registers a device. Refuses when a gateway or a device has its id, or when its place or gateway is not registered.
    /// </summary>
    /// <param name="taken">The refusal when its id is taken.</param>
    public static async Task<Outcome<Device>> RegisterAsync(
        LedgerTransaction ledger,
        Device device,
        Attribution by,
        string reason,
        Refusal taken
    )
    {
        try
        {
            var entry = await ledger.RecordDeviceAsync(LedgerKinds.DeviceRegistered, by, device, Details(device, reason));
            var number = await ledger.ScalarAsync<int?>(
                """
                insert into registry.device (id, place, fleet, body, entry)
                select @Id, @Place, @Fleet, @body::jsonb, @entry
                where not exists (select from registry.gateway where id = @Id)
                on conflict (id) do nothing
                returning slot
                """,
                new
                {
                    device.Id,
                    device.Place,
                    device.Fleet,
                    body = JsonRow.Body(device),
                    entry,
                }
            );
            if (number is not { } registered)
                return taken;
            await EndCredentialsIfRemovedAsync(ledger, device);
            return device with { Number = registered };
        }
        catch (PostgresException refused) when (IsOfValues(refused))
        {
            return Refused(refused, device);
        }
    }

    /// <summary>
    /// Changes a device. Refuses when its version is not the given one, or when its place or gateway is not registered.
    /// </summary>
    public static async Task<Outcome<Device>> ChangeAsync(
        LedgerTransaction ledger,
        Device device,
        int version,
        Attribution by,
        string reason
    )
    {
        try
        {
            if (await FindForChangeAsync(ledger, device.Id, version) is not { } found)
                return new Refusal("stale", $"Device '{device.Id}' was changed meanwhile. Look at it again before you act.");
            var withdrawals = await WithdrawalRegister.OfDeviceAsync(ledger, device.Id);
            var change = RegisterChange.Of(found.Before, device, found.WasReceived, withdrawals);
            device = change.After;
            var entry = await ledger.RecordDeviceAsync(
                LedgerKinds.DeviceChanged,
                by,
                device,
                Details(device, reason, Withdrawn.From(found.Before.Place, change.Taken), Withdrawn.From(device.Place, change.Carried))
            );
            var number = await ledger.ScalarAsync<int>(
                """
                update registry.device
                set place = @Place, fleet = @Fleet, body = @body::jsonb, version = version + 1
                where id = @Id
                returning slot
                """,
                new
                {
                    device.Id,
                    device.Place,
                    device.Fleet,
                    body = JsonRow.Body(device),
                }
            );
            if (entry is { } recorded)
                await WithdrawalRows.ApplyAsync(ledger, found.Before, change, recorded, by);
            await EndCredentialsIfRemovedAsync(ledger, device);
            return device with { Number = number };
        }
        catch (PostgresException refused) when (IsOfValues(refused))
        {
            return Refused(refused, device);
        }
    }

    /// <summary>
    /// Lets a device start a new sequence of heartbeats: those received before <paramref name="at"/> do not count in its order any more.
    /// </summary>
    public static async Task<Outcome<Device>> ForgetEpochAsync(
        LedgerTransaction ledger,
        string deviceId,
        DateTimeOffset at,
        Attribution by,
        string reason
    )
    {
        var body = await ledger.ScalarAsync<string?>(
            "update registry.device set epochs_from = @at where id = @deviceId returning body::text",
            new { deviceId, at = at.UtcDateTime }
        );
        if (body is null)
            return new Refusal("not-found", $"No device '{deviceId}' is registered.");
        // The brokers hold the newest epoch in memory and must drop it too.
        await ledger.ExecuteAsync(
            "select pg_notify('registry_enrolment', @payload)",
            new { payload = EnrolmentChangeListener.EpochsPrefix + deviceId }
        );
        var device = JsonRow.Value<Device>(body);
        var epochsFrom = LedgerEntry.FormatTime(at);
        object details = device.Fleet is null
            ? new
            {
                device = deviceId,
                reason,
                epochsFrom,
            }
            : new { reason, epochsFrom };
        await ledger.RecordDeviceAsync(LedgerKinds.DeviceClockReset, by, device, details);
        return device;
    }

    /// <summary>Locks a device of this version for a change. Returns null when it has another version.</summary>
    private static async Task<(Device Before, bool WasReceived)?> FindForChangeAsync(LedgerTransaction ledger, string deviceId, int version)
    {
        var rows = await ledger.QueryAsync<(string Body, bool WasReceived)>(
            """
            select body::text, exists (select from registry.observation where observation.device = device.id)
            from registry.device
            where id = @deviceId and version = @version
            for update
            """,
            new { deviceId, version }
        );
        return rows.Length == 0 ? null : (JsonRow.Value<Device>(rows[0].Body), rows[0].WasReceived);
    }

    private static async Task EndCredentialsIfRemovedAsync(LedgerTransaction ledger, Device device)
    {
        if (device.Lifecycle == Lifecycle.Removed)
            await CredentialRows.EndAllAsync(ledger, device.Id);
    }

    /// <summary>
    /// The body of a ledger entry, or of an act on a mobile device, which has most of the device's properties in columns. The member
    /// <c>registered</c> is the whole body of the row: the verifier of the ledger compares them.
    /// </summary>
    /// <param name="reason">Null when the registry is opened.</param>
    /// <param name="withdraws">What a change takes from a place; null when nothing.</param>
    /// <param name="carries">What the device may bring to its place, and its entry does not name; null when nothing.</param>
    internal static object Details(Device device, string? reason, Withdrawn? withdraws = null, Withdrawn? carries = null)
    {
        if (device.Fleet is not null)
        {
            return new
            {
                device.Sensors,
                device.Gateway,
                deadlineSeconds = device.OwnDeadlineSeconds,
                reason,
                registered = device,
            };
        }

        return new
        {
            device.Id,
            device.Kind,
            device.Technology,
            device.Sensors,
            device.Place,
            device.Department,
            device.Lifecycle,
            device.Gateway,
            withdraws,
            carries,
            reason,
            registered = device,
        };
    }

    /// <summary>What the ledger states of captures that a change takes from a place, or that may have come to it.</summary>
    internal sealed record Withdrawn(string Place, CaptureSet Captures)
    {
        /// <summary>Returns null when there are none.</summary>
        public static Withdrawn? From(string? place, CaptureSet captures) =>
            place is null || captures.IsEmpty ? null : new Withdrawn(place, captures);
    }

    /// <summary>The constraint of the database that no device which is not removed names a retired place.</summary>
    private const string AtRetiredPlace = "what_is_in_use_is_at_no_retired_place";

    /// <summary>The constraint of the database that no device which is not removed names a retired fleet.</summary>
    private const string OfRetiredFleet = "what_is_in_use_is_of_no_retired_fleet";

    /// <summary>Whether a statement was refused because of a value that people give.</summary>
    internal static bool IsOfValues(PostgresException refused) =>
        refused.SqlState == PostgresErrorCodes.ForeignKeyViolation
        || refused.ConstraintName is OneAssetNumber or AtRetiredPlace or OfRetiredFleet;

    internal static Refusal Refused(PostgresException refused, Device device) =>
        refused.ConstraintName == OneAssetNumber
            ? new Refusal(
                RefusalCodes.Taken,
                $"Another device that is in use has the asset number '{device.AssetNumber}': each has a number of its own.",
                "assetNumber"
            )
        : refused.ConstraintName == AtRetiredPlace
            ? new Refusal("invalid", $"Place '{device.Place}' is retired: bring it back first, or name another.", "place")
        : refused.ConstraintName == OfRetiredFleet
            ? new Refusal("invalid", $"Fleet '{device.Fleet}' is retired: bring it back first, or name another.", "fleet")
        : refused.ConstraintName!.Contains("gateway", StringComparison.Ordinal)
            ? new Refusal("invalid", $"There is no gateway '{device.Gateway}': register it first.", "gateway")
        : new Refusal("invalid", $"There is no place '{device.Place}': name one that is registered.", "place");
}
