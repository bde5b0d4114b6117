using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>Where a fact about a device is from. A closed list: a free text could hold a name.</summary>
public enum FactOrigin
{
    /// <summary>A list that the city keeps or publishes.</summary>
    CityList,

    /// <summary>A person looked on the spot.</summary>
    Inspection,

    /// <summary>A drawing or plan of the installation.</summary>
    Plan,

    /// <summary>An order, a contract or an invoice.</summary>
    Purchase,

    /// <summary>The vendor's own papers.</summary>
    Vendor,

    /// <summary>Worked out from other facts.</summary>
    Estimate,
}

/// <summary>The source of one fact about a device.</summary>
/// <param name="Source">Where it is from.</param>
/// <param name="InspectedOn">The day on which a person last looked whether it is so; null when that is not known.</param>
/// <param name="Confidence">How reliable it is.</param>
public sealed record FactSource(
    [property: JsonRequired] FactOrigin Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? InspectedOn,
    [property: JsonRequired] Confidence Confidence
)
{
    /// <summary>The file that an import read it from; null when no import did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Import { get; init; }
}
