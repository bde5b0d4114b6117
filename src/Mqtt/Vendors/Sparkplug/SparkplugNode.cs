using System.Collections.Immutable;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>What the host knows of one node.</summary>
/// <param name="units">The units of the node: its own, and those of its devices.</param>
/// <param name="ownUnit">The unit that is the node itself; −1 when the profile names none.</param>
internal sealed class SparkplugNode(ImmutableArray<int> units, int ownUnit)
{
    /// <summary>The number of aliases that are stored for each unit.</summary>
    private const int MaxAliases = 64;

    private readonly Dictionary<(int Unit, ulong Alias), int> _aliases = [];

    public ImmutableArray<int> Units => units;

    public int OwnUnit => ownUnit;

    /// <summary>Whether the node's birth was received on <see cref="Connection"/>, and no death since.</summary>
    public bool IsBorn { get; set; }

    /// <summary>Whether messages are missing, so that nothing is known until the next birth.</summary>
    public bool IsOrderLost { get; set; }

    public long Connection { get; set; }

    public ulong? BdSeq { get; set; }

    /// <summary>The sequence number that is expected next, 0 to 255.</summary>
    public int NextSeq { get; set; }

    /// <summary>The message that was handled last in its order; null since the birth of the node.</summary>
    public SparkplugMessage? Last { get; set; }

    /// <summary>Since when a message is missing; null when none is.</summary>
    public DateTimeOffset? GapSince { get; set; }

    public DateTimeOffset? RebirthRequestedAt { get; set; }

    /// <summary>The messages that overtook a missing one.</summary>
    public List<SparkplugMessage> Waiting { get; } = [];

    /// <summary>The units of the node whose births were received.</summary>
    public HashSet<int> BornUnits { get; } = [];

    /// <summary>When time passing has an effect; null when only a message has one.</summary>
    public DateTimeOffset? TickAt
    {
        get
        {
            if (GapSince is { } gap)
                return gap + SparkplugHost.ReorderWindow;
            return IsOrderLost ? RebirthRequestedAt + SparkplugHost.RebirthInterval : null;
        }
    }

    public void Begin(long connection, ulong? bdSeq, int nextSeq)
    {
        End();
        IsBorn = true;
        Connection = connection;
        BdSeq = bdSeq;
        NextSeq = nextSeq;
    }

    public void End()
    {
        IsBorn = false;
        IsOrderLost = false;
        GapSince = null;
        BdSeq = null;
        Last = null;
        Waiting.Clear();
        _aliases.Clear();
        BornUnits.Clear();
    }

    /// <summary>Gives the order up, and returns the messages that waited.</summary>
    public SparkplugMessage[] LoseOrder()
    {
        var waiting = Waiting.ToArray();
        IsOrderLost = true;
        GapSince = null;
        Waiting.Clear();
        _aliases.Clear();
        return waiting;
    }

    /// <summary>Stores an alias, unless the node has too many.</summary>
    public void AddAlias(int unit, ulong alias, int meaning)
    {
        if (_aliases.Count < MaxAliases * units.Length)
            _aliases[(unit, alias)] = meaning;
    }

    public bool TryFindAlias(int unit, ulong alias, out int meaning) => _aliases.TryGetValue((unit, alias), out meaning);

    public void RemoveAliases(int unit)
    {
        foreach (var key in _aliases.Keys.Where(key => key.Unit == unit).ToArray())
            _aliases.Remove(key);
    }
}
