using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// The expected states of devices. They are in no entry: they follow from the law and from the devices, which are, and the registry works
/// them out while it runs. So they are worked out again for the time at which the registry last completed that. A difference is a fault
/// only where it cannot have an honest cause.
/// </summary>
internal sealed class ExpectedStates
{
    /// <summary>The longest time from the time of an entry until its transaction is committed.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(1);

    /// <summary>The kinds of entry after which devices may be expected to do something else.</summary>
    public static ImmutableArray<string> Kinds => [LedgerKinds.DocumentRecorded, LedgerKinds.DeviceRegistered, LedgerKinds.DeviceChanged];

    private readonly Dictionary<string, Technology> _technologies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private City? _city;
    private DateTimeOffset _lastChange;
    private DateTimeOffset _lastEntry;
    private long _unproven;
    private string _reason = "";

    /// <summary>What of the expected states is not proven, and why, in a sentence; null when all of them are.</summary>
    public string? Unproven => _unproven == 0 ? null : $"Expected states of {_unproven} devices are not proven: {_reason}.";

    /// <summary>Notes that an entry of any kind was written.</summary>
    public void NoteEntry(DateTimeOffset at) => _lastEntry = at;

    /// <summary>Notes an entry of one of the kinds.</summary>
    public void Apply(in ReplayedEntry entry) => _lastChange = entry.Entry.At;

    /// <summary>Notes the newest revision of a document.</summary>
    public void Record(string kind, string id, string body)
    {
        if (kind == "city")
            _city = Read<City>(body);
        else if (kind == "technology")
            _technologies[id] = Read<Technology>(body);
        else if (kind == "instrument")
            _instruments[id] = Read<Instrument>(body);
    }

    /// <summary>
    /// Compares the newest expected states of devices that are alike: kind, department, sensors, whether they are active, the state, the
    /// number of devices, one of them, one whose versions are not numbered from 1, the last act on a mobile device, when the registry
    /// last completed a pass, whether it has begun no other since, and the build of its rules.
    /// </summary>
    public TableFault? Compare(IEnumerable<string?[]> groups)
    {
        GovernanceTable? table = null;
        foreach (var row in groups)
        {
            if (row[7] is { } misnumbered)
                return new TableFault("expected", misnumbered, "version", "versions numbered from 1", "another number");
            if (_city is null || DeviceKind.Find(row[0]!) is not { } kind)
                continue;
            table ??= new GovernanceTable([.. _technologies.Values], [.. _instruments.Values]);
            var last = _city.DayAt(_lastEntry);
            var done = Time(row[9]) is { } at ? _city.DayAt(at) : last;
            var expected = Expected(row, kind, table, done);
            var reason = ReasonForDoubt(row);
            if (row[4] is { } stored && expected.Compare(stored) is null)
            {
                if (done == last || Expected(row, kind, table, last).Compare(stored) is null)
                    continue;
                reason ??= $"the registry last worked them out on {done:yyyy-MM-dd}, and its last entry is of {last:yyyy-MM-dd}";
            }

            if (reason is null)
                return Fault(row, expected);
            _reason = reason;
            _unproven += long.Parse(row[5]!, CultureInfo.InvariantCulture);
        }

        return null;
    }

    /// <summary>What devices may be expected to do on a day.</summary>
    private static Held Expected(string?[] row, DeviceKind kind, GovernanceTable table, DateOnly day)
    {
        var sensors = JsonSerializer.Deserialize<ImmutableArray<Capture>>(row[2]!, Json.Options);
        var state = ExpectedStateDraft.Create(kind.Technology, row[1]!, sensors, row[3] == "true", table, day);
        return Held.Json(JsonSerializer.SerializeToElement(state, Json.Options));
    }

    /// <summary>Why a state may rightly be another than the one that is worked out here; null when it may not.</summary>
    private string? ReasonForDoubt(string?[] row)
    {
        if (Time(row[9]) is not { } done)
            return "no time is stored at which the registry had worked them out";
        if (row[11] != ExpectedStateDraft.RulesBuild)
            return "another version of the registry worked them out";
        if (row[10] != "true")
            return "the registry is working them out, or was stopped while it did";
        return LastChange(row) < done - Delay
            ? null
            : $"the law or the register changed after the registry had worked them out at {LedgerEntry.FormatTime(done)}, "
                + "or within a minute before";
    }

    private DateTimeOffset LastChange(string?[] row) => Time(row[8]) is { } act && act > _lastChange ? act : _lastChange;

    private static TableFault Fault(string?[] row, Held expected) =>
        expected.Compare(row[4]) is { } difference
            ? new TableFault("expected", row[6]!, "body" + difference.Path, difference.LedgerSays, difference.TableSays)
            : throw new InvalidOperationException("An expected state differs, and is equal.");

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static T Read<T>(string body) =>
        JsonSerializer.Deserialize<T>(body, Json.Options) ?? throw new JsonException("A document is null.");
}

/// <summary>The groups of expected states, which <see cref="ILedgerSnapshot.RowsAsync"/> returns beside the tables.</summary>
public static class ExpectedStateRows
{
    /// <summary>Their name.</summary>
    public const string Name = "expected states";
}
