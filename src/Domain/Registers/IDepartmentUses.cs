using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Registers;

/// <summary>What belongs to each department now.</summary>
public interface IDepartmentUses
{
    /// <summary>The departments that something belongs to, in the order of ids.</summary>
    Task<ImmutableArray<DepartmentUse>> AllAsync(CancellationToken cancellationToken);
}

/// <summary>What belongs to a department and is in use. Mobile devices stand in it only as fleets.</summary>
/// <param name="Devices">The number of its fixed devices.</param>
/// <param name="Fleets">Its fleets, and those with a device of it.</param>
/// <param name="Gateways">Its gateways.</param>
public sealed record DepartmentUse(string Department, int Devices, ImmutableArray<string> Fleets, ImmutableArray<string> Gateways)
{
    /// <summary>How many ids a sentence names at most.</summary>
    private const int MaxNamed = 10;

    /// <summary>What it is, for a sentence: <c>3 fixed devices, the fleet patrol and the gateway recorder-1</c>.</summary>
    public string InWords
    {
        get
        {
            string[] parts =
            [
                .. Devices == 0 ? [] : (string[])[Devices == 1 ? "one fixed device" : $"{Devices} fixed devices"],
                .. Named("the fleet", Fleets),
                .. Named("the gateway", Gateways),
            ];
            return Policies.Rules.PlainLanguage.List(parts);
        }
    }

    private static IEnumerable<string> Named(string one, ImmutableArray<string> ids)
    {
        if (ids.IsEmpty)
            yield break;
        var more = ids.Length > MaxNamed ? $" and {ids.Length - MaxNamed} more" : "";
        yield return (ids.Length == 1 ? one : one + "s") + " " + string.Join(", ", ids.Take(MaxNamed)) + more;
    }
}
