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
/// them out while it runs. So they are worked out again for the time at which it last ran.
/// </summary>
internal sealed class ExpectedStates
{
    /// <summary>The longest time until the registry that runs has worked them out after a change.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(1);

    /// <summary>The kinds of entry after which devices may be expected to do something else.</summary>
    public static ImmutableArray<string> Kinds => [LedgerKinds.DocumentRecorded, LedgerKinds.DeviceRegistered, LedgerKinds.DeviceChanged];

    private readonly Dictionary<string, Technology> _technologies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private City? _city;
    private DateTimeOffset _lastChange;
    private DateTimeOffset? _ranUntil;

    /// <summary>The number of devices whose expected state could not be worked out again.</summary>
    public long Unproven { get; private set; }

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
    /// number of devices, one of them, one whose versions are not numbered from 1, the last act on a mobile device, until when the
    /// registry last ran, and since when without a gap.
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
            _ranUntil = Time(row[9]);
            table ??= new GovernanceTable([.. _technologies.Values], [.. _instruments.Values]);
            var expected = Expected(row, kind, table);
            if (row[4] is { } stored && expected.Any(state => state.Compare(stored) is null))
                continue;
            if (_ranUntil is { } ran && LastChange(row) < ran - Delay && Time(row[10]) < ran - Delay)
                return Fault(row, expected[^1]);
            Unproven += long.Parse(row[5]!, CultureInfo.InvariantCulture);
        }

        return null;
    }

    /// <summary>What devices may be expected to do when the registry last ran, and shortly before: a day may have begun since.</summary>
    private Held[] Expected(string?[] row, DeviceKind kind, GovernanceTable table)
    {
        var ran = _ranUntil ?? _lastChange;
        var sensors = JsonSerializer.Deserialize<ImmutableArray<Capture>>(row[2]!, Json.Options);
        return
        [
            .. new[] { ran - Delay, ran }
                .Select(_city!.DayAt)
                .Distinct()
                .Select(day => ExpectedStateDraft.Create(kind.Technology, row[1]!, sensors, row[3] == "true", table, day))
                .Select(state => Held.Json(JsonSerializer.SerializeToElement(state, Json.Options))),
        ];
    }

    private DateTimeOffset LastChange(string?[] row) => Time(row[8]) is { } act && act > _lastChange ? act : _lastChange;

    private static TableFault Fault(string?[] row, Held expected) =>
        expected.Compare(row[4]) is { } difference
            ? new TableFault("expected", row[6]!, "body" + difference.Path, difference.LedgerSays, difference.TableSays)
            : throw new InvalidOperationException("An expected state differs, and is equal.");

    private static DateTimeOffset? Time(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static T Read<T>(string body) =>
        JsonSerializer.Deserialize<T>(body, Json.Options) ?? throw new JsonException("A document is null.");
}

/// <summary>The groups of expected states, which <see cref="ILedgerSnapshot.RowsAsync"/> returns beside the tables.</summary>
public static class ExpectedStateRows
{
    /// <summary>Their name.</summary>
    public const string Name = "expected states";
}
