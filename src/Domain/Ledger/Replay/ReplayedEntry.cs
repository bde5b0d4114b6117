using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>An entry whose bytes were verified, as the tables are replayed from it.</summary>
/// <param name="By">The object of the person or program that acted.</param>
/// <param name="Body">The object of the details.</param>
internal readonly record struct ReplayedEntry(StoredEntry Entry, JsonElement By, JsonElement Body)
{
    public long Index => Entry.Index;

    public string Kind => Entry.Kind;

    /// <summary>Its time, as it stands in its bytes.</summary>
    public string At => LedgerEntry.FormatTime(Entry.At);

    /// <summary>The role of the person who acted.</summary>
    public string? Role => Find(By, "role");

    /// <summary>The department of the person who acted; null when there is none.</summary>
    public string? Department => Find(By, "department");

    /// <summary>The opaque id of the person who acted; null for the registry.</summary>
    public string? Staff => Find(By, "staff");

    /// <summary>
    /// Whether a program acted on a change request. Older entries, which have no hash of a note, do not say that no program did.
    /// </summary>
    public Held IsProgram =>
        By.TryGetProperty("program", out var program) && program.GetBoolean() ? Held.Text("true")
        : Body.TryGetProperty("noteHash", out _) ? Held.Text("false")
        : Held.NotHeld;

    /// <summary>A text of the details; null for a null and for an absent member.</summary>
    public string? Text(string member) => Find(Body, member);

    /// <summary>A text that this kind of entry must have.</summary>
    /// <exception cref="KeyNotFoundException">It does not have it.</exception>
    public string RequiredText(string member) => Find(Body, member) ?? throw new KeyNotFoundException($"The member '{member}' is missing.");

    /// <summary>A number that this kind of entry must have.</summary>
    /// <exception cref="KeyNotFoundException">It does not have it.</exception>
    public long RequiredNumber(string member) => Body.GetProperty(member).GetInt64();

    /// <summary>A number of the details; null for a null and for an absent member.</summary>
    public long? Number(string member) =>
        Body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    /// <summary>A text that entries of older versions do not say.</summary>
    public Held HeldText(string member) => Body.TryGetProperty(member, out _) ? Held.Text(Find(Body, member)) : Held.NotHeld;

    /// <summary>A yes or no that entries of older versions do not say.</summary>
    public Held HeldFlag(string member) =>
        Body.TryGetProperty(member, out var value) ? Held.Text(value.GetBoolean() ? "true" : "false") : Held.NotHeld;

    /// <summary>The words of a list, separated by commas.</summary>
    public string Words(string member) => string.Join(',', Body.GetProperty(member).EnumerateArray().Select(word => word.GetString()));

    private static string? Find(JsonElement from, string member) =>
        from.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;
}
