using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>How a city's list becomes devices. It is kept with the list, and can be saved for the next one.</summary>
public sealed record ListMapping
{
    /// <summary>The name of the list: a later one with the same name is compared with what this one brought.</summary>
    public string List { get; init; } = "";

    public ListOptions Options { get; init; } = new();

    /// <summary>
    /// For each field of <see cref="ListFields"/> the column that holds it. A column with the name of a field holds it anyway.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Columns { get; init; } = Empty<string>();

    /// <summary>For each field the text that holds for every row whose cell is empty.</summary>
    public ImmutableSortedDictionary<string, string> Defaults { get; init; } = Empty<string>();

    /// <summary>For each field the words of the list and what they mean here, such as <c>SDOT</c> → <c>sdot</c>.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Words { get; init; } =
        Empty<ImmutableSortedDictionary<string, string>>();

    /// <summary>Where the facts of the list are from.</summary>
    public FactOrigin Source { get; init; } = FactOrigin.CityList;

    /// <summary>How reliable the facts of the list are.</summary>
    public Confidence Confidence { get; init; } = Confidence.Secondary;

    /// <summary>The day on which a person last looked whether they are so; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? InspectedOn { get; init; }

    private static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    /// <summary>Says that a list cannot have a name.</summary>
    public static Refusal WrongName(string name) =>
        new(
            RefusalCodes.Invalid,
            $"The list is named '{name}': expected small letters, digits and hyphens, at most {Identifier.MaxLength}.",
            "list"
        );

    /// <summary>Every reason why the mapping cannot be used with a list; empty when it can.</summary>
    public ImmutableArray<Refusal> Check(CityList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        if (!Identifier.IsValid(List))
            refusals.Add(WrongName(List));
        foreach (var field in Columns.Keys.Concat(Defaults.Keys).Concat(Words.Keys).Distinct().Except(ListFields.All))
            refusals.Add(
                new Refusal(
                    RefusalCodes.Invalid,
                    $"There is no field '{field}': expected one of {string.Join(", ", ListFields.All)}.",
                    "columns"
                )
            );
        foreach (var (field, column) in Columns.Where(mapped => !list.Columns.Contains(mapped.Value)))
            refusals.Add(
                new Refusal(
                    RefusalCodes.Invalid,
                    $"The list has no column '{column}': it has {string.Join(", ", list.Columns.Take(40))}.",
                    $"columns.{field}"
                )
            );
        return refusals.ToImmutable();
    }
}

/// <summary>The fields of a list's rows.</summary>
public static class ListFields
{
    public const string Id = "id",
        Name = "name",
        Kind = "kind",
        Sensors = "sensors",
        Place = "place",
        Department = "department",
        Lifecycle = "lifecycle",
        Gateway = "gateway",
        Deadline = "deadlineSeconds",
        AssetNumber = "assetNumber",
        Vendor = "vendor",
        Model = "model",
        InstalledOn = "installedOn",
        Operator = "operator",
        Owner = "owner",
        Latitude = "latitude",
        Longitude = "longitude",
        Directions = "directions",
        MountingHeight = "mountingHeight",
        Coverage = "coverage",
        Sources = "sources";

    /// <summary>Every field, in the order of the columns of an export.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        Id,
        Name,
        Kind,
        Sensors,
        Place,
        Department,
        Lifecycle,
        Gateway,
        Deadline,
        AssetNumber,
        Vendor,
        Model,
        InstalledOn,
        Operator,
        Owner,
        Latitude,
        Longitude,
        Directions,
        MountingHeight,
        Coverage,
        Sources,
    ];
}
