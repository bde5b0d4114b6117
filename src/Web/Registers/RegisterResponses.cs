using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>What the register says of a place from a time on.</summary>
/// <param name="Since">From when it holds.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Entry">The number of its ledger entry.</param>
/// <param name="By">Who recorded it; only in a history.</param>
/// <param name="Reason">Why; only in a history, and missing for the opening.</param>
internal sealed record PlaceVersionResponse(
    string Id,
    string Name,
    string Address,
    string Area,
    bool Retired,
    int Version,
    [property: Instant] string Since,
    [property: Instant] string RecordedAt,
    long Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RegisterActorResponse? By = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null
)
{
    public static PlaceVersionResponse From(RegisterVersion<Place> version) =>
        new(
            version.Value.Id,
            version.Value.Name,
            version.Value.Address,
            version.Value.Area,
            version.Value.IsRetired,
            version.Number,
            LedgerEntry.FormatTime(version.Since),
            LedgerEntry.FormatTime(version.RecordedAt),
            version.Entry
        );

    public static PlaceVersionResponse From(AttributedVersion<Place> version) =>
        From(version.Version) with
        {
            By = RegisterActorResponse.From(version.By),
            Reason = version.Reason,
        };
}

/// <summary>What the register says of a screen from a time on.</summary>
/// <param name="Since">From when it holds.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Entry">The number of its ledger entry.</param>
/// <param name="By">Who recorded it; only in a history.</param>
/// <param name="Reason">Why; only in a history, and missing for the opening.</param>
internal sealed record KioskVersionResponse(
    string Id,
    string Place,
    bool Retired,
    int Version,
    [property: Instant] string Since,
    [property: Instant] string RecordedAt,
    long Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RegisterActorResponse? By = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null
)
{
    public static KioskVersionResponse From(RegisterVersion<Kiosk> version) =>
        new(
            version.Value.Id,
            version.Value.Place,
            version.Value.Removed,
            version.Number,
            LedgerEntry.FormatTime(version.Since),
            LedgerEntry.FormatTime(version.RecordedAt),
            version.Entry
        );

    public static KioskVersionResponse From(AttributedVersion<Kiosk> version) =>
        From(version.Version) with
        {
            By = RegisterActorResponse.From(version.By),
            Reason = version.Reason,
        };
}

/// <summary>Who acted, as the ledger states it.</summary>
/// <param name="Role">The role, or `registry` for the opening.</param>
internal sealed record RegisterActorResponse(string Role, string? Department)
{
    public static RegisterActorResponse From(Attribution by) => new(by.Role, by.Department);
}
