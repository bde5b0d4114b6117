using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// The withdrawals of captures from places. A change of a device makes one from the place before it, and one from the place after it when
/// the device may bring a struck sensor along. A later change that names the captures again, or a confirmation on the spot, ends it.
/// </summary>
internal sealed class WithdrawalTable()
    : ReplayedTable("withdrawal", ["entry", "device", "place"], ["captures", "at", "staff", "ended_entry"])
{
    private const int Captures = 0,
        EndedEntry = 3;

    /// <summary>The members of an entry that state a withdrawal.</summary>
    private static readonly ImmutableArray<string> Members = ["withdraws", "carries"];

    /// <summary>The open withdrawals of each device and place: their keys and what is still withdrawn.</summary>
    private readonly Dictionary<(string Device, string Place), List<(string Key, CaptureSet Captures)>> _open = [];

    public override ImmutableArray<string> Kinds => [LedgerKinds.DeviceChanged, LedgerKinds.AbsenceConfirmed];

    public override void Apply(in ReplayedEntry entry)
    {
        if (entry.Kind == LedgerKinds.AbsenceConfirmed)
        {
            End((entry.RequiredText("device"), entry.RequiredText("place")), entry.Index, _ => default);
            return;
        }

        // An entry of an older version withdraws nothing, so nothing can be named again.
        if (!entry.Body.TryGetProperty("registered", out var registered))
            return;
        var (id, place) = (entry.RequiredText("id"), entry.RequiredText("place"));
        // Nearly all changes end nothing: only those that may are read as a whole device.
        if (_open.ContainsKey((id, place)))
        {
            var device = registered.Deserialize<Device>(Json.Options) ?? throw new JsonException("A device is null.");
            var covered = Withdrawal.CoveredBy(device, device.Place);
            End((id, place), entry.Index, captures => captures.Except(covered));
        }

        foreach (var member in Members)
        {
            if (entry.Body.TryGetProperty(member, out var taken) && taken.ValueKind == JsonValueKind.Object)
                Withdraw(entry, id, taken);
        }
    }

    private void Withdraw(in ReplayedEntry entry, string device, JsonElement taken)
    {
        var place = taken.GetProperty("place").GetString()!;
        var captures = taken.GetProperty("captures").Deserialize<CaptureSet>(Json.Options);
        var key = $"{LedgerEntry.FormatNumber(entry.Index)} {device} {place}";
        Expect(key, entry.Index, Held.Number(captures.Bits), Held.Text(entry.At), Held.Text(entry.Staff), Held.Text(null));
        if (!_open.TryGetValue((device, place), out var open))
            _open[(device, place)] = open = [];
        open.Add((key, captures));
    }

    /// <summary>Reduces the open withdrawals of a device and place to what is left, and ends those of which nothing is.</summary>
    private void End((string Device, string Place) of, long entry, Func<CaptureSet, CaptureSet> left)
    {
        if (!_open.Remove(of, out var open))
            return;
        var remaining = new List<(string Key, CaptureSet Captures)>();
        foreach (var (key, captures) in open)
        {
            var rest = left(captures);
            if (rest.IsEmpty)
            {
                Find(key)![EndedEntry] = Held.Number(entry);
                continue;
            }

            Find(key)![Captures] = Held.Number(rest.Bits);
            remaining.Add((key, rest));
        }

        if (remaining.Count > 0)
            _open[of] = remaining;
    }
}
