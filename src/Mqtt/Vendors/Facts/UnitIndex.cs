using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>An index of a profile. Lookups create no strings from what a gateway sends.</summary>
public sealed class UnitIndex
{
    /// <summary>No unit.</summary>
    internal const int None = -1;

    private readonly FrozenDictionary<string, int> _units;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly FrozenDictionary<string, int> _byDevice;
    private readonly FrozenDictionary<string, int> _nodes;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _nodesByName;
    private readonly ImmutableArray<(string Word, byte[] Bytes)> _words;

    /// <summary>Indexes a profile.</summary>
    public UnitIndex(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Profile = profile;
        _units = profile
            .Units.Select((unit, index) => (unit.Name, index))
            .ToFrozenDictionary(entry => entry.Name, entry => entry.index, StringComparer.Ordinal);
        _byName = _units.GetAlternateLookup<ReadOnlySpan<char>>();
        _byDevice = profile
            .Units.Select((unit, index) => (unit.Device, index))
            .ToFrozenDictionary(entry => entry.Device, entry => entry.index, StringComparer.Ordinal);
        MaxLevels = profile.Units.Select(unit => unit.Name.AsSpan().Count('/') + 1).DefaultIfEmpty().Max();
        Nodes = [.. profile.Units.Select(unit => NodeOf(unit.Name)).Distinct(StringComparer.Ordinal)];
        UnitsOfNodes =
        [
            .. profile
                .Units.Select((unit, at) => (unit.Name, At: at))
                .GroupBy(unit => NodeOf(unit.Name), StringComparer.Ordinal)
                .Select(node => node.Select(unit => unit.At).ToImmutableArray()),
        ];
        _nodes = Nodes
            .Select((node, index) => (node, index))
            .ToFrozenDictionary(entry => entry.node, entry => entry.index, StringComparer.Ordinal);
        _nodesByName = _nodes.GetAlternateLookup<ReadOnlySpan<char>>();
        _words =
        [
            .. profile
                .Says.SelectMany(meaning => meaning.Words)
                .Distinct(StringComparer.Ordinal)
                .Select(word => (word, Encoding.ASCII.GetBytes(word))),
        ];
        Names = [.. profile.Says.Select(meaning => Encoding.ASCII.GetBytes(meaning.Name))];
        Fields = [.. profile.Says.Select(meaning => meaning.Field is null ? null : Encoding.ASCII.GetBytes(meaning.Field))];
        HasFirmware = profile.Says.Any(meaning => meaning.IsFirmware);
    }

    /// <summary>The profile.</summary>
    public Profile Profile { get; }

    internal int Count => Profile.Units.Length;

    /// <summary>The most topic levels that a unit's name has.</summary>
    internal int MaxLevels { get; }

    /// <summary>The Sparkplug nodes, <c>group/edge</c>.</summary>
    internal ImmutableArray<string> Nodes { get; }

    /// <summary>The names to which the profile gives a meaning, as bytes.</summary>
    internal ImmutableArray<byte[]> Names { get; }

    /// <summary>The JSON members that contain their words, as bytes; null where the payload is the word.</summary>
    internal ImmutableArray<byte[]?> Fields { get; }

    internal bool HasFirmware { get; }

    internal string DeviceOf(int unit) => Profile.Units[unit].Device;

    internal int UnitOf(string deviceId) => _byDevice.GetValueOrDefault(deviceId, None);

    internal int Find(ReadOnlySpan<char> name) => _byName.TryGetValue(name, out var unit) ? unit : None;

    internal int FindNode(ReadOnlySpan<char> name) => _nodesByName.TryGetValue(name, out var node) ? node : None;

    /// <summary>Returns the unit that is the node itself, or <see cref="None"/>.</summary>
    internal int UnitOfNode(int node) => _units.GetValueOrDefault(Nodes[node], None);

    /// <summary>The units of each node: itself and its devices.</summary>
    internal ImmutableArray<ImmutableArray<int>> UnitsOfNodes { get; }

    internal ImmutableArray<Capture> RecordingOf(int unit) => Profile.Units[unit].Recording ?? Profile.Recording;

    /// <summary>Returns the word of the profile that equals these bytes; null when there is none.</summary>
    internal string? WordOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var (word, known) in _words)
        {
            if (bytes.SequenceEqual(known))
                return word;
        }

        return null;
    }

    /// <summary>The group and edge of a Sparkplug name.</summary>
    private static string NodeOf(string name) => string.Join('/', name.Split('/').Take(2));
}
