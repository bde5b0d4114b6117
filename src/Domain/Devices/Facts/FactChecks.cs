using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>Checks the facts about a device that are not what it captures. A missing fact is never a reason to refuse.</summary>
/// <param name="Areas">Checks a covered area.</param>
/// <param name="Today">The day in the city.</param>
public sealed record FactChecks(City City, NamedLists Lists, IAreaCheck Areas, DateOnly Today)
{
    /// <summary>The technologies that are retired: no device of them is in use.</summary>
    public ImmutableHashSet<string> RetiredTechnologies { get; init; } = [];

    /// <summary>The most characters of a city's asset number.</summary>
    public const int MaxAssetNumberLength = 64;

    /// <summary>The most characters of the name of an import.</summary>
    public const int MaxImportLength = 120;

    /// <summary>The most directions of a device.</summary>
    public const int MaxDirections = 16;

    /// <summary>The highest mounting, in metres: higher than any mast or building.</summary>
    public const double MaxHeightMetres = 1000;

    /// <summary>The longest covered area from corner to corner, in metres: more is a mistake.</summary>
    public const double MaxExtentMetres = 20_000;

    /// <summary>Every reason why the facts cannot be registered; empty when they can.</summary>
    public ImmutableArray<Refusal> Check(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        IEnumerable<Refusal?> found =
        [
            CheckTechnology(device),
            CheckAssetNumber(device.AssetNumber),
            CheckModel(device),
            CheckInstalledOn(device),
            CheckParty("operator", device.Operator),
            CheckParty("owner", device.Owner),
            .. device is FixedDevice installed ? CheckInstallation(installed) : [],
            .. CheckSources(device),
        ];
        return [.. found.OfType<Refusal>()];
    }

    private Refusal? CheckTechnology(Device device) =>
        device.Lifecycle != Lifecycle.Removed && DeviceKind.Find(device.Kind) is { } kind && RetiredTechnologies.Contains(kind.Technology)
            ? Invalid("kind", $"The technology '{kind.Technology}' of this kind is retired: an editor brings it back first.")
            : null;

    private static Refusal? CheckAssetNumber(string? number) =>
        number is null ? null
        : string.IsNullOrWhiteSpace(number) ? Invalid("assetNumber", "The asset number is blank: leave it out.")
        : FreeText.CheckLine(number, MaxAssetNumberLength, "assetNumber");

    private Refusal? CheckModel(Device device)
    {
        if (device.Vendor is { } vendor && !Lists.Vendors.Contains(vendor))
            return Invalid("vendor", $"There is no vendor '{vendor}' in the list of vendors: add it to the list first.");
        if (device.Model is not { } model)
            return null;
        if (device.Vendor is null)
            return Invalid("model", $"The model '{model}' has no vendor: name its vendor too.");
        return Lists.Models.Contains((device.Vendor, model))
            ? null
            : Invalid("model", $"There is no model '{model}' of '{device.Vendor}' in the list of models: add it to the list first.");
    }

    private Refusal? CheckInstalledOn(Device device) =>
        device is { InstalledOn: { } day, Lifecycle: not Lifecycle.Planned } && day.Earliest > Today
            ? Invalid("installedOn", $"Installed on {day}: that day has not come, and the device is not planned.")
            : null;

    private Refusal? CheckParty(string member, string? name) =>
        name is null || Lists.IsParty(name, City)
            ? null
            : Invalid(
                member,
                $"There is no '{name}': expected a department ({string.Join(", ", City.Departments.Select(known => known.Id))}) "
                    + "or a name in the list of organisations."
            );

    private IEnumerable<Refusal?> CheckInstallation(FixedDevice device)
    {
        if (device.Position is { } position)
            yield return GeometryChecks.Check(position, "position");
        if (device.Directions is { } directions)
        {
            if (directions.IsDefaultOrEmpty || directions.Length > MaxDirections)
                yield return Invalid("directions", $"Expected 1 to {MaxDirections} directions, or none at all.");
            else if (directions.Any(direction => direction is not (>= 0 and < 360)))
                yield return Invalid("directions", "A direction is in degrees clockwise from north: from 0 to below 360.");
        }

        if (device.Coverage is { } area)
            yield return GeometryChecks.Check(area, Areas, "coverage", "covered area");
        if (device.MountingHeight is { } height && height is not (>= 0 and <= MaxHeightMetres))
            yield return Invalid("mountingHeight", $"A mounting height of {height} metres: expected 0 to {MaxHeightMetres}.");
    }

    private IEnumerable<Refusal?> CheckSources(Device device)
    {
        foreach (var (member, source) in device.Sources ?? ImmutableSortedDictionary<string, FactSource>.Empty)
        {
            if (source is null)
            {
                yield return Invalid($"sources.{member}", $"The source of {member} is null: say where the fact is from, or leave it out.");
                continue;
            }

            yield return FreeText.CheckLine(source.Import, MaxImportLength, $"sources.{member}");
            if (DeviceFact.Find(member) is not { } fact)
                yield return Invalid($"sources.{member}", $"'{member}' is no fact: expected one of {Members(device)}.");
            else if (fact.Value(device) is null)
                yield return Invalid($"sources.{member}", $"The device has no {member}: a source stands beside a fact.");
            if (source.InspectedOn > Today)
                yield return Invalid($"sources.{member}", $"Inspected on {source.InspectedOn:yyyy-MM-dd}: that day has not come.");
        }
    }

    private static string Members(Device device) =>
        string.Join(", ", DeviceFact.All.Where(fact => !fact.IsOfFixed || device is FixedDevice).Select(fact => fact.Member));

    private static Refusal Invalid(string where, string sentence) => new(RefusalCodes.Invalid, sentence, where);
}
