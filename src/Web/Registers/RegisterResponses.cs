using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>When a version of a register holds, when it was recorded, and by which act.</summary>
internal abstract record VersionResponse<T>
    where T : class
{
    /// <param name="by">Null where the answer does not say who recorded it.</param>
    private protected VersionResponse(RegisterVersion<T> version, Attribution? by, string? reason)
    {
        (Version, Entry, Reason) = (version.Number, version.Entry, reason);
        (Since, RecordedAt) = (LedgerEntry.FormatTime(version.Since), LedgerEntry.FormatTime(version.RecordedAt));
        By = by is null ? null : RegisterActorResponse.From(by);
    }

    /// <summary>Its number, which the next change must name in If-Match.</summary>
    public int Version { get; init; }

    /// <summary>From when it holds.</summary>
    [Instant]
    public string Since { get; init; }

    /// <summary>When it was recorded.</summary>
    [Instant]
    public string RecordedAt { get; init; }

    /// <summary>The number of its ledger entry.</summary>
    public long Entry { get; init; }

    /// <summary>Who recorded it; only in a history.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegisterActorResponse? By { get; init; }

    /// <summary>Why; only in a history, and missing for the opening.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>What the register says of a place from a time on.</summary>
internal sealed record PlaceVersionResponse : VersionResponse<Place>
{
    private PlaceVersionResponse(RegisterVersion<Place> version, Attribution? by = null, string? reason = null)
        : base(version, by, reason) =>
        (Id, Name, Address, Area, Geometry, Retired) = (
            version.Value.Id,
            version.Value.Name,
            version.Value.Address,
            version.Value.Area,
            version.Value.Geometry,
            version.Value.IsRetired
        );

    public string Id { get; init; }

    public string Name { get; init; }

    public string Address { get; init; }

    public string Area { get; init; }

    /// <summary>Where it is; null when that is not known.</summary>
    public PlaceGeometry? Geometry { get; init; }

    public bool Retired { get; init; }

    public static PlaceVersionResponse From(RegisterVersion<Place> version) => new(version);

    public static PlaceVersionResponse From(AttributedVersion<Place> version) => new(version.Version, version.By, version.Reason);
}

/// <summary>What the register says of a screen from a time on.</summary>
internal sealed record KioskVersionResponse : VersionResponse<Kiosk>
{
    private KioskVersionResponse(RegisterVersion<Kiosk> version, Attribution? by = null, string? reason = null)
        : base(version, by, reason) =>
        (Id, Place, Retired, Glass) = (version.Value.Id, version.Value.Place, version.Value.Removed, version.Value.Glass);

    public string Id { get; init; }

    public string Place { get; init; }

    public bool Retired { get; init; }

    /// <summary>Its measures and the distance from which people read it; null when it was not measured.</summary>
    public Glass? Glass { get; init; }

    public static KioskVersionResponse From(RegisterVersion<Kiosk> version) => new(version);

    public static KioskVersionResponse From(AttributedVersion<Kiosk> version) => new(version.Version, version.By, version.Reason);
}

/// <summary>What the register says of a fleet from a time on. It says nothing of single devices.</summary>
internal sealed record FleetVersionResponse : VersionResponse<Fleet>
{
    private FleetVersionResponse(RegisterVersion<Fleet> version, Attribution? by = null, string? reason = null)
        : base(version, by, reason) =>
        (Id, Name, Department, Places, Retired) = (
            version.Value.Id,
            version.Value.Name,
            version.Value.Department,
            version.Value.Places,
            version.Value.IsRetired
        );

    public string Id { get; init; }

    /// <summary>Null while it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>The department whose people they are. Null until a clerk states it.</summary>
    public string? Department { get; init; }

    /// <summary>The places that its people work from.</summary>
    public ImmutableArray<string> Places { get; init; }

    public bool Retired { get; init; }

    public static FleetVersionResponse From(RegisterVersion<Fleet> version) => new(version);

    public static FleetVersionResponse From(AttributedVersion<Fleet> version) => new(version.Version, version.By, version.Reason);
}

/// <summary>What the register says of a gateway from a time on: that at which it was recorded.</summary>
internal sealed record GatewayVersionResponse : VersionResponse<Gateway>
{
    private GatewayVersionResponse(RegisterVersion<Gateway> version, Attribution? by = null, string? reason = null)
        : base(version, by, reason) =>
        (Id, Department, Profile, Removed) = (version.Value.Id, version.Value.Department, version.Value.Profile, version.Value.Removed);

    public string Id { get; init; }

    public string Department { get; init; }

    /// <summary>The profile of the vendor's messages; null when it sends the registry's own.</summary>
    public string? Profile { get; init; }

    public bool Removed { get; init; }

    public static GatewayVersionResponse From(RegisterVersion<Gateway> version) => new(version);

    public static GatewayVersionResponse From(AttributedVersion<Gateway> version) => new(version.Version, version.By, version.Reason);
}

/// <summary>Who acted, as the ledger states it.</summary>
/// <param name="Role">The role, or `registry` for the opening.</param>
internal sealed record RegisterActorResponse(string Role, string? Department)
{
    public static RegisterActorResponse From(Attribution by) => new(by.Role, by.Department);
}
