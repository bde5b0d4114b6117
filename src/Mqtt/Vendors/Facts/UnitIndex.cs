using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>A profile, made ready to be looked things up in without making strings of what comes in.</summary>
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

    /// <summary>Makes a profile ready.</summary>
    public UnitIndex(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Profile = profile;
        _units = profile
            .Units.Select((unit, at) => (unit.Name, at))
            .ToFrozenDictionary(one => one.Name, one => one.at, StringComparer.Ordinal);
        _byName = _units.GetAlternateLookup<ReadOnlySpan<char>>();
        _byDevice = profile
            .Units.Select((unit, at) => (unit.Device, at))
            .ToFrozenDictionary(one => one.Device, one => one.at, StringComparer.Ordinal);
        MaxLevels = profile.Units.Select(unit => unit.Name.AsSpan().Count('/') + 1).DefaultIfEmpty().Max();
        Nodes = [.. profile.Units.Select(unit => NodeOf(unit.Name)).Distinct(StringComparer.Ordinal)];
        UnitsOfNodes =
        [
            .. profile
                .Units.Select((unit, at) => (unit.Name, At: at))
                .GroupBy(unit => NodeOf(unit.Name), StringComparer.Ordinal)
                .Select(node => node.Select(unit => unit.At).ToImmutableArray()),
        ];
        _nodes = Nodes.Select((node, at) => (node, at)).ToFrozenDictionary(one => one.node, one => one.at, StringComparer.Ordinal);
        _nodesByName = _nodes.GetAlternateLookup<ReadOnlySpan<char>>();
        _words =
        [
            .. profile
                .Says.SelectMany(one => one.Words)
                .Distinct(StringComparer.Ordinal)
                .Select(word => (word, Encoding.ASCII.GetBytes(word))),
        ];
        Names = [.. profile.Says.Select(one => Encoding.ASCII.GetBytes(one.Name))];
        Fields = [.. profile.Says.Select(one => one.Field is null ? null : Encoding.ASCII.GetBytes(one.Field))];
        HasFirmware = profile.Says.Any(one => one.IsFirmware);
    }

    /// <summary>The profile.</summary>
    public Profile Profile { get; }

    internal int Count => Profile.Units.Length;

    /// <summary>The most topic levels that a unit's name has.</summary>
    internal int MaxLevels { get; }

    /// <summary>The Sparkplug nodes, <c>group/edge</c>.</summary>
    internal ImmutableArray<string> Nodes { get; }

    /// <summary>The names whose meaning the profile tells, as bytes.</summary>
    internal ImmutableArray<byte[]> Names { get; }

    /// <summary>The JSON members in which their words stand, as bytes; null where the payload is the word.</summary>
    internal ImmutableArray<byte[]?> Fields { get; }

    internal bool HasFirmware { get; }

    internal string DeviceOf(int unit) => Profile.Units[unit].Device;

    internal int UnitOf(string deviceId) => _byDevice.GetValueOrDefault(deviceId, None);

    internal int Find(ReadOnlySpan<char> name) => _byName.TryGetValue(name, out var unit) ? unit : None;

    internal int FindNode(ReadOnlySpan<char> name) => _nodesByName.TryGetValue(name, out var node) ? node : None;

    /// <summary>The unit that a node itself is, or nobody.</summary>
    internal int UnitOfNode(int node) => _units.GetValueOrDefault(Nodes[node], None);

    /// <summary>The units of each node: itself and its devices.</summary>
    internal ImmutableArray<ImmutableArray<int>> UnitsOfNodes { get; }

    internal ImmutableArray<Capture> RecordingOf(int unit) => Profile.Units[unit].Recording ?? Profile.Recording;

    /// <summary>The word of the profile's that these bytes are, letter by letter; null when they are none.</summary>
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
