using System.Globalization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Outbox;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The statements on withdrawals that the change of a device runs within its own transaction.</summary>
internal static class WithdrawalRows
{
    /// <summary>
    /// Applies the change of a device: what its register entry names at a place again is not withdrawn any more. What the change takes from
    /// the place before it is, and what the device may bring to the place after it.
    /// </summary>
    /// <param name="entry">The ledger entry of the change.</param>
    public static async Task ApplyAsync(LedgerTransaction ledger, Device before, RegisterChange change, long entry, Attribution by)
    {
        await ReturnAsync(ledger, change.After, entry);
        await AddAsync(ledger, before.Id, before.Place, change.Taken, entry, by);
        await AddAsync(ledger, before.Id, change.After.Place, change.Carried, entry, by);
    }

    private static async Task AddAsync(
        LedgerTransaction ledger,
        string device,
        string? place,
        CaptureSet captures,
        long entry,
        Attribution by
    )
    {
        if (captures.IsEmpty)
            return;
        await ledger.ExecuteAsync(
            """
            insert into registry.withdrawal (entry, device, place, captures, at, staff)
            values (@entry, @device, @place, @captures, @at, @Staff)
            """,
            new
            {
                entry,
                device,
                place,
                captures = (short)captures.Bits,
                at = ledger.At.UtcDateTime,
                by.Staff,
            }
        );
        // A list takes many devices from one place: they are one occasion.
        var once = string.Create(CultureInfo.InvariantCulture, $"confirmation:{place}:{ledger.At.UtcTicks}");
        await OutboxRows.AddAsync(ledger, OccasionKind.ConfirmationAwaited, place!, by, once: once);
    }

    private static async Task ReturnAsync(LedgerTransaction ledger, Device device, long entry)
    {
        var covered = Withdrawal.CoveredBy(device, device.Place);
        if (covered.IsEmpty)
            return;
        await ledger.ExecuteAsync(
            """
            update registry.withdrawal
            set captures = case when captures & ~@covered = 0 then captures else captures & ~@covered end,
                ended_entry = case when captures & ~@covered = 0 then @entry end
            where device = @Id and place = @Place and ended_entry is null and captures & @covered <> 0
            """,
            new
            {
                device.Id,
                device.Place,
                covered = (short)covered.Bits,
                entry,
            }
        );
    }
}
