using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>A message that the registry sends back.</summary>
public sealed record VendorMessage(string Topic, ImmutableArray<byte> Payload, bool IsRetained);

/// <summary>What became of one message, or of time passing.</summary>
/// <param name="Facts">What is known now, in this order.</param>
/// <param name="Commands">What nodes are asked.</param>
/// <param name="IsLate">The message was late or stale: nothing of it counted.</param>
public sealed record SparkplugAnswer(ImmutableArray<VendorFact> Facts, ImmutableArray<VendorMessage> Commands, bool IsLate)
{
    internal static SparkplugAnswer Nothing { get; } = new([], [], false);
}

/// <summary>
/// The host's side of Sparkplug B (Eclipse Sparkplug 3.0 chapters 4 and 5), as a state machine: messages and time come in as arguments,
/// facts
/// and commands go out. It remembers nodes and devices of its profile and no others. Beyond the specification a death is also tied to the
/// broker's connection: clients in the field never move their bdSeq, so an old will looks like a new one. A death counts only when
/// connection and bdSeq are both those of the birth: one gateway may carry the deaths of several lives of a node on one connection.
/// </summary>
public sealed class SparkplugHost
{
    /// <summary>How long a missing message is waited for.</summary>
    public static readonly TimeSpan ReorderWindow = TimeSpan.FromSeconds(2);

    /// <summary>How long a node is given to send its births, before it is asked again.</summary>
    public static readonly TimeSpan BeforeAskingAgain = TimeSpan.FromSeconds(10);

    /// <summary>The most messages of a node that wait for one that is missing.</summary>
    public const int MaxWaiting = 16;

    /// <summary>The most aliases of a unit that are remembered.</summary>
    private const int MaxAliases = 64;

    private readonly UnitIndex _units;
    private readonly Node[] _nodes;

    /// <summary>A host for the nodes of one profile, which has heard nothing yet.</summary>
    public SparkplugHost(UnitIndex units)
    {
        ArgumentNullException.ThrowIfNull(units);
        _units = units;
        _nodes = [.. Enumerable.Range(0, units.Nodes.Length).Select(node => new Node(units.UnitsOfNodes[node], units.UnitOfNode(node)))];
    }

    /// <summary>When time passing will mean something; null: never, unless a message comes.</summary>
    public DateTimeOffset? TickAt => _nodes.Min(node => node.TickAt);

    /// <summary>Takes a message.</summary>
    /// <param name="connection">The broker's connection that brought it, or whose will it is: any number that no other connection
    /// has.</param>
    public SparkplugAnswer Handle(SparkplugMessage message, long connection, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        var node = _nodes[message.Node];
        var step = new Step(now);
        switch (message.Verb)
        {
            case SparkplugVerb.NBIRTH:
                Birth(node, message, connection, step);
                break;
            case SparkplugVerb.NDEATH:
                if (!node.IsBorn || node.Connection != connection || node.BdSeq is { } born && message.BdSeq is { } died && born != died)
                    return step.Answer(isLate: true);
                End(node);
                foreach (var unit in node.Units)
                    Fact(step, unit, draft => draft.Is(unit, Availability.Down));
                break;
            default:
                if (!node.IsBorn || node.Connection != connection || node.IsLost)
                {
                    OutOfOrder(node, message, step);
                    Ask(node, message.Node, step);
                    break;
                }

                switch ((message.Seq!.Value - node.Next) & 0xFF)
                {
                    case 0:
                        Next(node, message, step);
                        while (node.Waiting.FindIndex(waiting => waiting.Seq == node.Next) is var at and >= 0)
                        {
                            var waiting = node.Waiting[at];
                            node.Waiting.RemoveAt(at);
                            Next(node, waiting, step);
                        }

                        node.GapSince = node.Waiting.Count == 0 ? null : now; // Another one is missing: its own window.
                        break;
                    case 0xFF: // The one before, once more.
                        return step.Answer(isLate: true);
                    case <= MaxWaiting when node.Waiting.Count < MaxWaiting && node.Waiting.All(waiting => waiting.Seq != message.Seq):
                        node.GapSince ??= now;
                        node.Waiting.Add(message);
                        break;
                    default: // No reordering explains it: births were missed.
                        Lose(node, message.Node, step);
                        OutOfOrder(node, message, step);
                        break;
                }

                break;
        }

        return step.Answer(isLate: false);
    }

    /// <summary>Lets time pass: what was waited for too long is missing, and the node is asked for its births.</summary>
    public SparkplugAnswer Tick(DateTimeOffset now)
    {
        if (TickAt is not { } due || due > now)
            return SparkplugAnswer.Nothing;
        var step = new Step(now);
        for (var at = 0; at < _nodes.Length; at++)
        {
            var node = _nodes[at];
            if (node.GapSince + ReorderWindow <= now)
                Lose(node, at, step);
            else if (node.IsLost)
                Ask(node, at, step);
        }

        return step.Answer(isLate: false);
    }

    /// <summary>A connection ended: whoever was born on it has nobody to speak for it any more.</summary>
    public SparkplugAnswer Ended(long connection, DateTimeOffset now)
    {
        var step = new Step(now);
        foreach (var node in _nodes.Where(node => node.IsBorn && node.Connection == connection))
        {
            End(node);
            foreach (var unit in node.Units)
                Fact(step, unit, draft => draft.Is(unit, Availability.Down));
        }

        return step.Answer(isLate: false);
    }

    /// <summary>A birth of a node says everything anew; its devices will be born again after it.</summary>
    private void Birth(Node node, SparkplugMessage message, long connection, Step step)
    {
        End(node);
        (node.IsBorn, node.Connection, node.BdSeq, node.Next) = (true, connection, message.BdSeq, (message.Seq!.Value + 1) & 0xFF);
        foreach (var unit in node.Units.Where(unit => unit != node.Self))
            Fact(step, unit, draft => draft.Whole(unit));
        Say(node, message, step, isBirth: true);
    }

    /// <summary>The next message in order.</summary>
    private void Next(Node node, SparkplugMessage message, Step step)
    {
        node.Next = (node.Next + 1) & 0xFF;
        if (message.Unit < 0)
            return;
        switch (message.Verb)
        {
            case SparkplugVerb.DBIRTH:
                node.Born.Add(message.Unit);
                Say(node, message, step, isBirth: true);
                break;
            case SparkplugVerb.DDEATH:
                node.Born.Remove(message.Unit);
                Fact(step, message.Unit, draft => draft.Is(message.Unit, Availability.Down));
                break;
            case SparkplugVerb.DDATA when !node.Born.Contains(message.Unit):
                OutOfOrder(node, message, step);
                Ask(node, message.Node, step);
                break;
            default:
                Say(node, message, step, isBirth: false);
                break;
        }
    }

    private void Say(Node node, SparkplugMessage message, Step step, bool isBirth)
    {
        if (message.Unit < 0)
            return;
        Fact(
            step,
            message.Unit,
            draft =>
            {
                draft.Is(message.Unit, Availability.Up);
                if (isBirth)
                {
                    draft.Whole(message.Unit);
                    node.Forget(message.Unit);
                }

                if (message.At is { } at)
                    draft.At(at);
                foreach (var metric in message.Metrics)
                {
                    var meaning = metric.Meaning;
                    if (metric.Alias is { } alias && meaning >= 0)
                        node.Remember(message.Unit, alias, meaning);
                    else if (metric.Alias is { } known && node.Aliases.TryGetValue((message.Unit, known), out var named))
                        meaning = named;
                    if (meaning >= 0 && !metric.IsHistorical)
                        draft.Apply(message.Unit, _units.Profile.Says[meaning], metric.Word, metric.Firmware);
                    else
                        draft.Dropped++;
                }
            }
        );
    }

    /// <summary>A message whose place in the order is not known: whoever sent it is there, or gone; what it does is not known.</summary>
    private void OutOfOrder(Node node, SparkplugMessage message, Step step)
    {
        if (message.Unit < 0)
            return;
        if (message.Verb == SparkplugVerb.DDEATH)
            node.Born.Remove(message.Unit);
        Fact(
            step,
            message.Unit,
            draft =>
            {
                draft.Is(message.Unit, message.Verb == SparkplugVerb.DDEATH ? Availability.Down : Availability.Up);
                draft.Whole(message.Unit);
            }
        );
    }

    /// <summary>Messages were lost: what they said could have been anything, so nothing is known until the births come.</summary>
    private void Lose(Node node, int at, Step step)
    {
        var waiting = node.Waiting.ToArray();
        (node.IsLost, node.GapSince) = (true, null);
        node.Waiting.Clear();
        node.Aliases.Clear();
        foreach (var unit in node.Units)
            Fact(step, unit, draft => draft.Whole(unit));
        foreach (var message in waiting)
            OutOfOrder(node, message, step);
        Ask(node, at, step);
    }

    private static void End(Node node)
    {
        (node.IsBorn, node.IsLost, node.GapSince, node.BdSeq) = (false, false, null, null);
        node.Waiting.Clear();
        node.Aliases.Clear();
        node.Born.Clear();
    }

    private void Ask(Node node, int at, Step step)
    {
        if (node.AskedAt + BeforeAskingAgain > step.Now)
            return;
        node.AskedAt = step.Now;
        step.Commands.Add(SparkplugB.Rebirth(_units.Nodes[at], step.Now));
    }

    private void Fact(Step step, int unit, Action<FactBuilder> write)
    {
        if (unit < 0)
            return;
        var draft = new FactBuilder(_units);
        draft.Touch(unit);
        write(draft);
        step.Facts.AddRange(draft.Read().Facts);
    }

    /// <summary>What one message, or one tick, brings about.</summary>
    private sealed class Step(DateTimeOffset now)
    {
        public DateTimeOffset Now => now;

        public ImmutableArray<VendorFact>.Builder Facts { get; } = ImmutableArray.CreateBuilder<VendorFact>();

        public ImmutableArray<VendorMessage>.Builder Commands { get; } = ImmutableArray.CreateBuilder<VendorMessage>();

        public SparkplugAnswer Answer(bool isLate) => new(Facts.ToImmutable(), Commands.ToImmutable(), isLate);
    }

    /// <summary>What is known of one node.</summary>
    private sealed class Node(ImmutableArray<int> units, int self)
    {
        public ImmutableArray<int> Units => units;

        public int Self => self;

        public bool IsBorn,
            IsLost;
        public long Connection;
        public ulong? BdSeq;
        public int Next;
        public DateTimeOffset? GapSince,
            AskedAt;
        public readonly List<SparkplugMessage> Waiting = [];
        public readonly HashSet<int> Born = [];
        public readonly Dictionary<(int Unit, ulong Alias), int> Aliases = [];

        public DateTimeOffset? TickAt =>
            GapSince is { } gap ? gap + ReorderWindow
            : IsLost ? AskedAt + BeforeAskingAgain
            : null;

        public void Remember(int unit, ulong alias, int meaning)
        {
            if (Aliases.Count < MaxAliases * units.Length)
                Aliases[(unit, alias)] = meaning;
        }

        public void Forget(int unit)
        {
            foreach (var key in Aliases.Keys.Where(key => key.Unit == unit).ToArray())
                Aliases.Remove(key);
        }
    }
}
