using System.Collections.Immutable;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// The devices of fleets. Acts on them are not in the ledger, which has digests of the acts; so a row is compared with its last act.
/// </summary>
internal static class MobileDevices
{
    /// <summary>The compared columns of the table of devices.</summary>
    public static ImmutableArray<string> Columns => ["id", "fleet", "body", "epochs_from", "version"];

    /// <summary>The values of a row, in the order in which they are read.</summary>
    private enum Value
    {
        Id,
        Fleet,
        Body,
        EpochsFrom,
        Version,
        ActFleet,
        ActKind,
        ActDepartment,
        ActLifecycle,
        ActBody,
        Acts,
        ActEpochsFrom,
        HasReset,
    }

    /// <summary>Compares a device with its acts. Returns the fault, or null.</summary>
    public static TableFault? Compare(string?[] row)
    {
        var id = Of(row, Value.Id)!;
        if (Of(row, Value.ActFleet) is null)
            return TableFault.WithoutEntry("device", id);
        if (Of(row, Value.Fleet) is null)
            return new TableFault("device", id, null, "an act on a mobile device", null);
        using var act = JsonDocument.Parse(Of(row, Value.ActBody)!);
        var isWhole = act.RootElement.TryGetProperty("registered", out var whole);
        return Check(row, Value.Fleet, Held.Text(Of(row, Value.ActFleet)))
            ?? Check(row, Value.Body, isWhole ? Held.Json(whole) : Held.SomeMembers(OlderBody(row, act.RootElement)))
            ?? Check(row, Value.Version, isWhole ? Held.Text(Of(row, Value.Acts)) : Held.NotHeld)
            ?? Check(row, Value.EpochsFrom, EpochsFrom(row));
    }

    private static TableFault? Check(string?[] row, Value column, Held held) =>
        held.Compare(Of(row, column)) is { } difference
            ? new TableFault("device", Of(row, Value.Id)!, NameOf(column) + difference.Path, difference.LedgerSays, difference.TableSays)
            : null;

    /// <summary>The last act that reset the clock says from when; an act of an older version does not.</summary>
    private static Held EpochsFrom(string?[] row) =>
        Of(row, Value.ActEpochsFrom) is { } from ? Held.Text(from)
        : Of(row, Value.HasReset) == "true" ? Held.NotHeld
        : Held.Text(null);

    /// <summary>What an act of an older version says of the body: some of it is in columns of the act.</summary>
    private static string OlderBody(string?[] row, JsonElement act)
    {
        var members = act.EnumerateObject()
            .Where(member => member.Name is "sensors" or "gateway" or "deadlineSeconds")
            .ToDictionary(member => member.Name, member => (object?)member.Value);
        members["kind"] = Of(row, Value.ActKind);
        members["department"] = Of(row, Value.ActDepartment);
        members["lifecycle"] = Of(row, Value.ActLifecycle);
        members["fleet"] = Of(row, Value.ActFleet);
        return JsonSerializer.Serialize(members, Json.Options);
    }

    private static string NameOf(Value column) => Columns[(int)column];

    private static string? Of(string?[] row, Value value) => row[(int)value];
}
