using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>Mobile devices that belong together, as the register describes them. It is public, and says nothing of a single one.</summary>
/// <param name="Name">What people call it; null while it has no name.</param>
/// <param name="Department">The department whose people they are; null until a clerk states it.</param>
/// <param name="Places">Ids of the places that its people work from; empty when they work from no place with a notice.</param>
public sealed record Fleet(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Department,
    ImmutableArray<string> Places
)
{
    /// <summary>True when it is out of use. It keeps its address and its history.</summary>
    [JsonPropertyName("retired"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRetired { get; init; }

    /// <summary>The name; the words of the id when there is none.</summary>
    [JsonIgnore]
    public string DisplayName => Name ?? NameOf(Id);

    /// <summary>A fleet of which the register has nothing but a device that names it.</summary>
    public static Fleet Named(string id) => new(id, null, null, []);

    /// <summary>The words of an id.</summary>
    public static string NameOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return PlainLanguage.Sentence(id.Replace('-', ' '));
    }

    public bool Equals(Fleet? other) =>
        other is not null
        && (Id, Name, Department, IsRetired) == (other.Id, other.Name, other.Department, other.IsRetired)
        && Places.SequenceEqual(other.Places);

    public override int GetHashCode() => HashCode.Combine(Id, Name, Department, IsRetired, Places.Length);
}
