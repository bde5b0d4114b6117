using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of withdrawals, in two tables: what was withdrawn, and what was confirmed on the spot.</summary>
public sealed class WithdrawalRegister(NpgsqlDataSource database) : IWithdrawalRegister
{
    // One row for each open withdrawal, or one without for a device that has only confirmations or knocked. A knock counts only of a
    // removed device: every other device is covered by its place anyway.
    private const string Query = """
        with known as (
            select device, place from registry.withdrawal
            union
            select device, place from registry.absence_confirmation
            union
            select id, place from registry.device where place is not null and body->>'lifecycle' = 'removed'
        )
        select known.device, known.place, open.entry, open.captures, open.at, open.staff,
            (
                select max(at) from registry.absence_confirmation done
                where (done.device, done.place) = (known.device, known.place)
            ) as confirmed_at,
            knock.at as knocks_at
        from known
        join registry.device on device.id = known.device
        left join registry.withdrawal open
            on open.device = known.device and open.place = known.place and open.ended_entry is null
        left join lateral (
            select (body->>'knocksAt')::timestamptz as at
            from registry.observation
            where observation.device = known.device
            order by id desc
            limit 1
        ) knock on device.body->>'lifecycle' = 'removed' and device.place = known.place
        """;

    private const string OfDevice = $"{Query} where known.device = @deviceId order by known.place, open.entry";

    public Task<ImmutableArray<DeviceWithdrawals>> FromPlaceAsync(string place, CancellationToken cancellationToken) =>
        ReadAsync($"{Query} where known.place = @place order by known.device, open.entry", new { place }, cancellationToken);

    public Task<ImmutableArray<DeviceWithdrawals>> OfDeviceAsync(string deviceId, CancellationToken cancellationToken) =>
        ReadAsync(OfDevice, new { deviceId }, cancellationToken);

    /// <summary>Every place from which something of a device was withdrawn, as a transaction that changes the device sees it.</summary>
    internal static async Task<ImmutableArray<DeviceWithdrawals>> OfDeviceAsync(LedgerTransaction ledger, string deviceId) =>
        [.. Combine(await ledger.QueryAsync<Row>(OfDevice, new { deviceId }))];

    /// <summary>The devices that another person has not confirmed to be gone from a place, as a transaction sees them.</summary>
    internal static async Task<ImmutableArray<string>> UnconfirmedAtAsync(LedgerTransaction ledger, string place) =>
        [
            .. Combine(await ledger.QueryAsync<Row>($"{Query} where known.place = @place order by known.device, open.entry", new { place }))
                .Where(device => device.AwaitsConfirmation)
                .Select(device => device.DeviceId),
        ];

    public async Task<ImmutableDictionary<string, ImmutableArray<DeviceWithdrawals>>> OpenOfAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        var open = await ReadAsync(
            $"{Query} where known.device = any(@ids) and open.entry is not null order by known.device, known.place, open.entry",
            new { ids = deviceIds.ToArray() },
            cancellationToken
        );
        return open.GroupBy(device => device.DeviceId).ToImmutableDictionary(device => device.Key, device => device.ToImmutableArray());
    }

    public async Task<ImmutableArray<DeviceWithdrawals>> AwaitingAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await ReadAsync(
                    $"{Query} where open.entry is not null or knock.at is not null order by known.place, known.device, open.entry",
                    null,
                    cancellationToken
                )
            ).Where(device => device.AwaitsConfirmation),
        ];

    public Task<Outcome<DeviceWithdrawals>> ConfirmAsync(
        string deviceId,
        string place,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        LedgerTransaction.RunAsync<DeviceWithdrawals>(
            database,
            at,
            async ledger =>
            {
                var rows = await ledger.QueryAsync<Row>(
                    $"{Query} where known.device = @deviceId and known.place = @place order by open.entry",
                    new { deviceId, place }
                );
                if (rows.Length == 0)
                    return new Refusal(RefusalCodes.NotFound, $"Nothing of a device '{deviceId}' was withdrawn from a place '{place}'.");
                var withdrawals = Combine(rows).Single();
                if (withdrawals.CheckConfirmation(by) is { } refusal)
                    return refusal;
                if (by.IsProgram || await IsProgramAsync(ledger, by))
                    return new Refusal(RefusalCodes.NotAPerson, "A program cannot look on the spot: a person confirms this.");
                await RecordAsync(ledger, withdrawals, by, reason);
                return withdrawals with { Open = [], ConfirmedAt = ledger.At };
            },
            cancellationToken
        );

    private static Task<bool> IsProgramAsync(LedgerTransaction ledger, Attribution by) =>
        ledger.ScalarAsync<bool>("select exists (select from registry.staff where id = @Staff and is_program)", new { by.Staff });

    private static async Task RecordAsync(LedgerTransaction ledger, DeviceWithdrawals withdrawals, Attribution by, string reason)
    {
        var entry = await ledger.AppendAsync(
            LedgerKinds.AbsenceConfirmed,
            by,
            new
            {
                device = withdrawals.DeviceId,
                withdrawals.Place,
                changes = withdrawals.Open.Select(withdrawal => withdrawal.Entry),
                captures = withdrawals.Captures,
                reason,
            }
        );
        // The confirmation first: the trigger on withdrawals looks for it.
        await ledger.ExecuteAsync(
            """
            insert into registry.absence_confirmation (entry, device, place, at, staff)
            values (@entry, @DeviceId, @Place, @at, @Staff);
            update registry.withdrawal set ended_entry = @entry where device = @DeviceId and place = @Place and ended_entry is null
            """,
            new
            {
                entry,
                withdrawals.DeviceId,
                withdrawals.Place,
                at = ledger.At.UtcDateTime,
                by.Staff,
            }
        );
    }

    private async Task<ImmutableArray<DeviceWithdrawals>> ReadAsync(string sql, object? values, CancellationToken cancellationToken) =>
        [.. Combine([.. await database.QueryAsync<Row>(sql, values, cancellationToken)])];

    private static IEnumerable<DeviceWithdrawals> Combine(Row[] rows) =>
        rows.GroupBy(row => (row.Device, row.Place))
            .Select(device => new DeviceWithdrawals(
                device.Key.Device,
                device.Key.Place,
                [.. device.Where(row => row.Entry is not null).Select(row => row.Withdrawal())],
                device.First().Confirmed_at
            )
            {
                KnocksAt = device.First().Knocks_at,
            });

    private sealed record Row(
        string Device,
        string Place,
        long? Entry,
        short? Captures,
        DateTime? At,
        string? Staff,
        DateTime? Confirmed_at,
        DateTime? Knocks_at
    )
    {
        public Withdrawal Withdrawal() => new(Entry!.Value, new CaptureSet(Captures!.Value), At!.Value, Staff);
    }
}
