using System.Collections.Immutable;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// An act that changes the credentials or claim codes of devices and gateways: an entry of the ledger, or an act on a mobile device.
/// </summary>
/// <param name="Holder">The device or gateway; null for an act on many, which names them in its body.</param>
/// <param name="Entry">The number of the entry; of an act on a mobile device, its number among those.</param>
/// <param name="Removes">Whether it removed the holder, which ends everything that the holder signs in with.</param>
internal readonly record struct CredentialAct(string Kind, string At, string? Holder, long Entry, JsonElement Body, bool Removes)
{
    /// <summary>The kinds of entry that are such acts.</summary>
    public static ImmutableArray<string> Kinds =>
        [
            LedgerKinds.CredentialIssued,
            LedgerKinds.CredentialsIssued,
            LedgerKinds.CredentialEnded,
            LedgerKinds.ClaimMade,
            LedgerKinds.ClaimUsed,
            LedgerKinds.DeviceChanged,
            LedgerKinds.GatewayChanged,
        ];

    /// <summary>Whether it is a change of the holder, which older versions entered before they entered acts on credentials.</summary>
    public bool IsChange => Kind is LedgerKinds.DeviceChanged or LedgerKinds.GatewayChanged;

    /// <summary>Whether the holder got a new secret, which ends its secret and open code.</summary>
    public bool IssuesSecret => Kind == LedgerKinds.ClaimUsed || Kind == LedgerKinds.CredentialIssued && Text("kind") == "secret";

    /// <summary>The holders of an act on many, with the numbers and hashes of their secrets; null in entries of older versions.</summary>
    public IEnumerable<(string Holder, long Number, string Sha256)>? Issued =>
        Body.TryGetProperty("issued", out var issued)
            ? issued
                .EnumerateArray()
                .Select(one =>
                    (
                        one.GetProperty("holder").GetString()!,
                        one.GetProperty("credential").GetInt64(),
                        one.GetProperty("sha256").GetString()!
                    )
                )
            : null;

    /// <summary>Reads an entry.</summary>
    public static CredentialAct From(in ReplayedEntry entry) =>
        entry.Kind switch
        {
            LedgerKinds.DeviceChanged => new(entry.Kind, entry.At, entry.Text("id"), entry.Index, entry.Body, IsRemoved(entry)),
            LedgerKinds.GatewayChanged => new(
                entry.Kind,
                entry.At,
                entry.Text("gateway"),
                entry.Index,
                entry.Body,
                entry.Body.GetProperty("removed").GetBoolean()
            ),
            _ => new(entry.Kind, entry.At, entry.Text("device") ?? entry.Text("gateway"), entry.Index, entry.Body, false),
        };

    /// <summary>Reads an act on a mobile device: its number, time, kind, device and body.</summary>
    public static CredentialAct From(string?[] row, JsonElement body) =>
        new(row[2]!, row[1]!, row[3], long.Parse(row[0]!, System.Globalization.CultureInfo.InvariantCulture), body, IsRemoval(row[2]!));

    /// <summary>A text of the body; null for a null and for an absent member.</summary>
    public string? Text(string member) =>
        Body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A text that entries of older versions do not say.</summary>
    public Held HeldText(string member) => Body.TryGetProperty(member, out _) ? Held.Text(Text(member)) : Held.NotHeld;

    private static bool IsRemoval(string kind) => kind == LedgerKinds.DeviceChanged;

    private static bool IsRemoved(in ReplayedEntry entry) =>
        entry.Body.TryGetProperty("lifecycle", out var lifecycle) && lifecycle.ValueEquals("removed"u8);
}

/// <summary>
/// The acts on credentials of mobile devices, and their removals, which <see cref="ILedgerSnapshot.RowsAsync"/> returns beside the tables.
/// </summary>
public static class MobileCredentialRows
{
    /// <summary>Their name. Each row has the number of the act, its time, kind, device and body.</summary>
    public const string Name = "acts on credentials of mobile devices";
}
