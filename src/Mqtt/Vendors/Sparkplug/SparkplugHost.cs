using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>
/// The host side of Sparkplug B as a state machine (Eclipse Sparkplug 3.0 chapters 4 and 5): messages and time are arguments, facts and
/// commands are results. It stores nodes and devices of its profile only. Unlike in the specification, a death counts only if both its
/// connection and its bdSeq are those of the birth. Clients in the field never change their bdSeq, so an old will looks like a new one; and
/// one gateway connection may carry the deaths of several lives of a node. One thread at a time may call it.
/// </summary>
public sealed class SparkplugHost
{
    /// <summary>How long the host waits for a missing message.</summary>
    public static readonly TimeSpan ReorderWindow = TimeSpan.FromSeconds(2);

    /// <summary>How long a node has to send its births before it is asked again.</summary>
    public static readonly TimeSpan RebirthInterval = TimeSpan.FromSeconds(10);

    /// <summary>The number of messages of a node that may wait for a missing one.</summary>
    public const int MaxReordered = 16;

    private readonly UnitIndex _units;
    private readonly SparkplugNode[] _nodes;

    /// <summary>Creates a host for the nodes of one profile. No message was received yet.</summary>
    public SparkplugHost(UnitIndex units)
    {
        ArgumentNullException.ThrowIfNull(units);
        _units = units;
        _nodes =
        [
            .. Enumerable.Range(0, units.Nodes.Length).Select(node => new SparkplugNode(units.UnitsOfNodes[node], units.UnitOfNode(node))),
        ];
    }

    /// <summary>When time passing has an effect; null when only a message has one.</summary>
    public DateTimeOffset? TickAt => _nodes.Min(node => node.TickAt);

    /// <summary>Handles a message.</summary>
    /// <param name="connection">The connection that brought the message, or whose will it is. Each connection has its own number.</param>
    public SparkplugAnswer Handle(SparkplugMessage message, long connection, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        var node = _nodes[message.Node];
        var step = new Step(now);
        var isLate = false;
        switch (message.Type)
        {
            case SparkplugMessageType.NBIRTH:
                HandleBirth(node, message, connection, step);
                break;
            case SparkplugMessageType.NDEATH:
                isLate = !TryHandleDeath(node, message, connection, step);
                break;
            case var _ when !node.IsBorn || node.Connection != connection || node.IsOrderLost:
                AddUnknown(node, message, step);
                RequestRebirth(node, message.Node, step);
                break;
            default:
                isLate = !TryHandleSequenced(node, message, step);
                break;
        }

        return step.Answer(isLate);
    }

    /// <summary>Handles a message that could not be read: as one that is missing, it may have said anything of the node's units.</summary>
    public SparkplugAnswer Lose(int node, DateTimeOffset now)
    {
        var step = new Step(now);
        LoseOrder(_nodes[node], node, step);
        return step.Answer(isLate: false);
    }

    /// <summary>Lets time pass. A message that is missing for too long counts as lost, and its node is asked for its births.</summary>
    public SparkplugAnswer Tick(DateTimeOffset now)
    {
        if (TickAt is not { } due || due > now)
            return SparkplugAnswer.Nothing;
        var step = new Step(now);
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].GapSince + ReorderWindow <= now)
                LoseOrder(_nodes[i], i, step);
            else if (_nodes[i].IsOrderLost)
                RequestRebirth(_nodes[i], i, step);
        }

        return step.Answer(isLate: false);
    }

    /// <summary>Ends a connection: every node that was born on it is dead.</summary>
    public SparkplugAnswer Ended(long connection, DateTimeOffset now)
    {
        var step = new Step(now);
        foreach (var node in _nodes.Where(node => node.IsBorn && node.Connection == connection))
            EndNode(node, step);
        return step.Answer(isLate: false);
    }

    /// <summary>Handles the birth of a node. It states everything anew; the births of its devices follow.</summary>
    private void HandleBirth(SparkplugNode node, SparkplugMessage message, long connection, Step step)
    {
        node.Begin(connection, message.BdSeq, (message.Seq!.Value + 1) & 0xFF);
        foreach (var unit in node.Units.Where(unit => unit != node.OwnUnit))
            AddFact(step, unit, builder => builder.SetComplete(unit));
        AddFacts(node, message, step, isBirth: true);
    }

    private bool TryHandleDeath(SparkplugNode node, SparkplugMessage message, long connection, Step step)
    {
        if (!node.IsBorn || node.Connection != connection || node.BdSeq is { } born && message.BdSeq is { } died && born != died)
            return false;
        EndNode(node, step);
        return true;
    }

    private bool TryHandleSequenced(SparkplugNode node, SparkplugMessage message, Step step)
    {
        switch ((message.Seq!.Value - node.NextSeq) & 0xFF)
        {
            case 0:
                HandleInOrder(node, message, step);
                while (node.Waiting.FindIndex(waiting => waiting.Seq == node.NextSeq) is var next and >= 0)
                {
                    var waiting = node.Waiting[next];
                    node.Waiting.RemoveAt(next);
                    HandleInOrder(node, waiting, step);
                }

                node.GapSince = node.Waiting.Count == 0 ? null : step.Now; // If another message is missing, it has its own window.
                return true;
            case 0xFF when node.Last is { } last && last.SaysSameAs(message): // A repetition of the last message.
                return false;
            case <= MaxReordered when node.Waiting.Count < MaxReordered && node.Waiting.All(waiting => waiting.Seq != message.Seq):
                node.GapSince ??= step.Now;
                node.Waiting.Add(message);
                return true;
            default: // No reordering explains the gap: births were missed, or the node does not count its messages on.
                LoseOrder(node, message.Node, step);
                AddUnknown(node, message, step);
                return true;
        }
    }

    private void HandleInOrder(SparkplugNode node, SparkplugMessage message, Step step)
    {
        node.NextSeq = (node.NextSeq + 1) & 0xFF;
        node.Last = message;
        if (message.Unit < 0)
            return;
        switch (message.Type)
        {
            case SparkplugMessageType.DBIRTH:
                node.BornUnits.Add(message.Unit);
                AddFacts(node, message, step, isBirth: true);
                break;
            case SparkplugMessageType.DDEATH:
                node.BornUnits.Remove(message.Unit);
                AddFact(step, message.Unit, builder => builder.SetAvailability(message.Unit, Availability.Down));
                break;
            case SparkplugMessageType.DDATA when !node.BornUnits.Contains(message.Unit):
                AddUnknown(node, message, step);
                RequestRebirth(node, message.Node, step);
                break;
            default:
                AddFacts(node, message, step, isBirth: false);
                break;
        }
    }

    /// <summary>Adds what the metrics of a message say of its unit.</summary>
    private void AddFacts(SparkplugNode node, SparkplugMessage message, Step step, bool isBirth)
    {
        var unit = message.Unit;
        AddFact(
            step,
            unit,
            builder =>
            {
                builder.SetAvailability(unit, Availability.Up);
                if (isBirth)
                {
                    builder.SetComplete(unit);
                    node.RemoveAliases(unit);
                }

                if (message.At is { } at)
                    builder.At(at);
                foreach (var metric in message.Metrics)
                {
                    var meaning = ResolveMeaning(node, unit, metric);
                    if (meaning >= 0 && !metric.IsHistorical)
                        builder.Apply(unit, _units.Profile.Says[meaning], metric.Word, metric.Firmware);
                    else
                        builder.Dropped++;
                }
            }
        );
    }

    private static int ResolveMeaning(SparkplugNode node, int unit, SparkplugMetric metric)
    {
        if (metric.Alias is not { } alias)
            return metric.Meaning;
        if (metric.Meaning >= 0)
            node.AddAlias(unit, alias, metric.Meaning);
        else if (node.TryFindAlias(unit, alias, out var known))
            return known;
        return metric.Meaning;
    }

    /// <summary>
    /// Adds what a message proves whose place in the order is unknown: its unit is there or gone, and nothing else is known.
    /// </summary>
    private void AddUnknown(SparkplugNode node, SparkplugMessage message, Step step)
    {
        var unit = message.Unit;
        if (unit < 0)
            return;
        var isDeath = message.Type == SparkplugMessageType.DDEATH;
        if (isDeath)
            node.BornUnits.Remove(unit);
        AddFact(
            step,
            unit,
            builder =>
            {
                builder.SetAvailability(unit, isDeath ? Availability.Down : Availability.Up);
                builder.SetComplete(unit);
            }
        );
    }

    /// <summary>Handles a loss of messages. They may have said anything, so nothing is known until the births come.</summary>
    private void LoseOrder(SparkplugNode node, int index, Step step)
    {
        var waiting = node.LoseOrder();
        foreach (var unit in node.Units)
            AddFact(step, unit, builder => builder.SetComplete(unit));
        foreach (var message in waiting)
            AddUnknown(node, message, step);
        RequestRebirth(node, index, step);
    }

    private void EndNode(SparkplugNode node, Step step)
    {
        node.End();
        foreach (var unit in node.Units)
            AddFact(step, unit, builder => builder.SetAvailability(unit, Availability.Down));
    }

    private void RequestRebirth(SparkplugNode node, int index, Step step)
    {
        if (node.RebirthRequestedAt + RebirthInterval > step.Now)
            return;
        node.RebirthRequestedAt = step.Now;
        step.Commands.Add(SparkplugHostMessages.Rebirth(_units.Nodes[index], step.Now));
    }

    private void AddFact(Step step, int unit, Action<FactBuilder> write)
    {
        if (unit < 0)
            return;
        var builder = new FactBuilder(_units);
        builder.Touch(unit);
        write(builder);
        step.Facts.AddRange(builder.Build().Facts);
    }

    /// <summary>What follows from one message, or one tick, while it is handled.</summary>
    private sealed class Step(DateTimeOffset now)
    {
        public DateTimeOffset Now => now;

        public ImmutableArray<VendorFact>.Builder Facts { get; } = ImmutableArray.CreateBuilder<VendorFact>();

        public ImmutableArray<VendorMessage>.Builder Commands { get; } = ImmutableArray.CreateBuilder<VendorMessage>();

        public SparkplugAnswer Answer(bool isLate) => new(Facts.ToImmutable(), Commands.ToImmutable(), isLate);
    }
}
