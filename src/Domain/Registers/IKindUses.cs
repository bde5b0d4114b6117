using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Registers;

/// <summary>What is of each device kind now.</summary>
public interface IKindUses
{
    /// <summary>The kinds of which something is in use, in the order of ids.</summary>
    Task<ImmutableArray<KindUse>> AllAsync(CancellationToken cancellationToken);
}

/// <summary>What is of a device kind and in use. Mobile devices stand in it only as fleets.</summary>
/// <param name="Devices">The number of its fixed devices.</param>
/// <param name="Fleets">The fleets with a device of it.</param>
public sealed record KindUse(string Kind, int Devices, ImmutableArray<string> Fleets)
{
    /// <summary>What it is, for a sentence: <c>3 fixed devices and the fleet patrol</c>.</summary>
    public string InWords => new DepartmentUse("", Devices, Fleets, []).InWords;

    /// <summary>What is of the kinds of a technology; null when nothing is.</summary>
    public static KindUse? OfTechnology(string technology, IEnumerable<KindUse> uses)
    {
        KindUse[] of = [.. uses.Where(use => DeviceKind.Find(use.Kind)?.Technology == technology)];
        return of.Length == 0
            ? null
            : new KindUse(
                technology,
                of.Sum(use => use.Devices),
                [.. of.SelectMany(use => use.Fleets).Distinct().Order(StringComparer.Ordinal)]
            );
    }
}
