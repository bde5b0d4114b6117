using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>The lists of names that facts about devices are taken from.</summary>
public enum NamedList
{
    /// <summary>Makers of devices.</summary>
    Vendors,

    /// <summary>Models, each of a vendor.</summary>
    Models,

    /// <summary>Organisations outside the city that own or operate devices.</summary>
    Organisations,
}

/// <summary>A name in a list.</summary>
/// <param name="Of">The vendor of a model; null in the other lists.</param>
public sealed record ListedName(NamedList List, string Name, string? Of = null)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 60;

    /// <summary>Every reason why a name cannot be listed; empty when it can.</summary>
    public ImmutableArray<Refusal> Check(NamedLists lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        if (string.IsNullOrWhiteSpace(Name) || Name.Trim() != Name)
            return [new Refusal(RefusalCodes.Invalid, "Give a name, without blanks around it.", "name")];
        if (FreeText.CheckLine(Name, MaxLength, "name") is { } refusal)
            return [refusal];
        if (List == NamedList.Models && (Of is null || !lists.Vendors.Contains(Of)))
            return [new Refusal(RefusalCodes.Invalid, $"There is no vendor '{Of}' in the list: add the vendor first.", "of")];
        return List != NamedList.Models && Of is not null
            ? [new Refusal(RefusalCodes.Invalid, "Only a model is of a vendor: leave 'of' out.", "of")]
            : [];
    }
}

/// <summary>The lists as they are. They only grow: what was registered with a name keeps it.</summary>
public sealed record NamedLists(
    ImmutableSortedSet<string> Vendors,
    ImmutableHashSet<(string Vendor, string Model)> Models,
    ImmutableSortedSet<string> Organisations
)
{
    public static NamedLists Empty { get; } =
        new(ImmutableSortedSet.Create<string>(StringComparer.Ordinal), [], ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    public static NamedLists From(IReadOnlyCollection<ListedName> names) =>
        new(
            In(names, NamedList.Vendors),
            [.. names.Where(name => name.List == NamedList.Models).Select(name => (name.Of!, name.Name))],
            In(names, NamedList.Organisations)
        );

    /// <summary>Whether a name may own or operate devices: a department of the city, or a listed organisation.</summary>
    public bool IsParty(string name, City city) => city?.Department(name) is not null || Organisations.Contains(name);

    private static ImmutableSortedSet<string> In(IEnumerable<ListedName> names, NamedList list) =>
        names.Where(name => name.List == list).Select(name => name.Name).ToImmutableSortedSet(StringComparer.Ordinal);
}

/// <summary>The register of the lists.</summary>
public interface INamedListRegister
{
    /// <summary>Every name, in the order of lists and names.</summary>
    Task<ImmutableArray<ListedName>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Adds a name to a list, with an entry in the ledger. Refuses one that is there.</summary>
    Task<Outcome<ListedName>> AddAsync(
        ListedName name,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}
