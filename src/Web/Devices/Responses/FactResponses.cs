using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Web.Devices.Responses;

/// <summary>What is known of any device beside what it captures; null for what is not known.</summary>
internal abstract record FactsResponse
{
    /// <summary>The device of which it says the facts.</summary>
    internal Device FactsOf
    {
        init =>
            (AssetNumber, Vendor, Model, InstalledOn, Operator, Owner, Sources) = (
                value.AssetNumber,
                value.Vendor,
                value.Model,
                value.InstalledOn,
                value.Operator,
                value.Owner,
                value.Sources ?? ImmutableSortedDictionary<string, FactSource>.Empty
            );
    }

    /// <summary>The city's own number for it, as written.</summary>
    [JsonPropertyOrder(1)]
    public string? AssetNumber { get; init; }

    [JsonPropertyOrder(1)]
    public string? Vendor { get; init; }

    [JsonPropertyOrder(1)]
    public string? Model { get; init; }

    /// <summary>When it was installed, as exactly as that is known.</summary>
    [JsonPropertyOrder(1)]
    public LawDate? InstalledOn { get; init; }

    /// <summary>The department or organisation that operates it.</summary>
    [JsonPropertyOrder(1)]
    public string? Operator { get; init; }

    /// <summary>The department or organisation that owns it.</summary>
    [JsonPropertyOrder(1)]
    public string? Owner { get; init; }

    /// <summary>For each fact whose source is known, by its member: where it is from, when it was inspected, how reliable it is.</summary>
    [JsonPropertyOrder(3)]
    public ImmutableSortedDictionary<string, FactSource> Sources { get; init; } = ImmutableSortedDictionary<string, FactSource>.Empty;
}

/// <summary>A fixed device, its last report, the rules that govern it, and where it hangs; null for what is not known.</summary>
internal sealed record FixedDeviceResponse : DeviceResponse
{
    public FixedDeviceResponse(DeviceResponse all, FixedDevice? device)
        : base(all) =>
        (Position, Directions, Coverage, MountingHeight) = (device?.Position, device?.Directions, device?.Coverage, device?.MountingHeight);

    /// <summary>Where it hangs (WGS 84).</summary>
    [JsonPropertyOrder(2)]
    public Position? Position { get; init; }

    /// <summary>Where it looks, in degrees clockwise from north.</summary>
    [JsonPropertyOrder(2)]
    public ImmutableArray<double>? Directions { get; init; }

    /// <summary>The area that it covers (WGS 84).</summary>
    [JsonPropertyOrder(2)]
    public Area? Coverage { get; init; }

    /// <summary>How high it hangs above the ground, in metres.</summary>
    [JsonPropertyOrder(2)]
    public double? MountingHeight { get; init; }
}

/// <summary>What is registered of a fixed device after an act on it.</summary>
internal sealed record RegisteredFixedDeviceResponse : RegisteredDeviceResponse
{
    public RegisteredFixedDeviceResponse(RegisteredDeviceResponse all, FixedDevice? device)
        : base(all) =>
        (Position, Directions, Coverage, MountingHeight) = (device?.Position, device?.Directions, device?.Coverage, device?.MountingHeight);

    [JsonPropertyOrder(2)]
    public Position? Position { get; init; }

    [JsonPropertyOrder(2)]
    public ImmutableArray<double>? Directions { get; init; }

    [JsonPropertyOrder(2)]
    public Area? Coverage { get; init; }

    [JsonPropertyOrder(2)]
    public double? MountingHeight { get; init; }
}

/// <summary>What the register said of a fixed device from a time on.</summary>
internal sealed record FixedDeviceEntryResponse : DeviceEntryResponse
{
    public FixedDeviceEntryResponse(DeviceEntryResponse all, FixedDevice? device)
        : base(all) =>
        (Position, Directions, Coverage, MountingHeight) = (device?.Position, device?.Directions, device?.Coverage, device?.MountingHeight);

    [JsonPropertyOrder(2)]
    public Position? Position { get; init; }

    [JsonPropertyOrder(2)]
    public ImmutableArray<double>? Directions { get; init; }

    [JsonPropertyOrder(2)]
    public Area? Coverage { get; init; }

    [JsonPropertyOrder(2)]
    public double? MountingHeight { get; init; }
}

/// <summary>A fixed device as it was at an instant, or over a day in the city.</summary>
internal sealed record FixedPastDeviceResponse : PastDeviceResponse
{
    public FixedPastDeviceResponse(PastDeviceResponse all, FixedDevice? device)
        : base(all) =>
        (Position, Directions, Coverage, MountingHeight) = (device?.Position, device?.Directions, device?.Coverage, device?.MountingHeight);

    [JsonPropertyOrder(2)]
    public Position? Position { get; init; }

    [JsonPropertyOrder(2)]
    public ImmutableArray<double>? Directions { get; init; }

    [JsonPropertyOrder(2)]
    public Area? Coverage { get; init; }

    [JsonPropertyOrder(2)]
    public double? MountingHeight { get; init; }
}
