using System.Collections.Immutable;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>What devices, the network, clerks and the registry itself do in a random city.</summary>
internal enum ActKind
{
    /// <summary>The device sends a heartbeat that names exactly its registered sensors.</summary>
    Heartbeat,

    /// <summary>A vendor's message names any captures.</summary>
    VendorReport,

    /// <summary>A vendor's message is retained: it says what the device does and not that it is alive.</summary>
    RetainedReport,

    /// <summary>A heartbeat is rejected: for its shape, its rate, RETAIN or QoS. It names any captures.</summary>
    Rejected,

    /// <summary>A heartbeat is rejected and cannot be read.</summary>
    Unreadable,

    /// <summary>A heartbeat comes after one that was sent later.</summary>
    OutOfOrder,

    /// <summary>The network brings the newest heartbeat a second time.</summary>
    Repeated,

    /// <summary>A heartbeat of the session before comes after one of this session.</summary>
    OlderSession,

    Reboot,
    RebootWithOlderClock,
    Reconnect,
    Death,
    DeathOfOlderSession,
    Farewell,
    Wait,
    Outage,
    MassDisconnect,
    Restart,

    /// <summary>The grains of a device, its partition and its place are lost; the process goes on.</summary>
    LoseGrains,

    Strike,
    AddSensor,
    Move,
    MoveAndChangeSensors,
    Pause,
    Plan,
    Remove,
    Return,
    Register,
    Confirm,

    /// <summary>A clerk who may have made the change confirms it.</summary>
    ConfirmAsClerk,

    Knock,
    ForgetEpoch,
}

/// <summary>
/// One act. Its numbers are read in the city as it is by then, so that an act has a meaning also when others before it are dropped.
/// </summary>
/// <param name="Device">Which device: its position modulo the number of devices.</param>
/// <param name="Choice">Which place, how long, by whom.</param>
/// <param name="Captures">Which captures, and in which modes.</param>
internal readonly record struct RandomAct(ActKind Kind, int Device, int Choice, int Captures)
{
    /// <summary>How often each kind is drawn. A city mostly hears of its devices.</summary>
    private static readonly ImmutableArray<ActKind> Drawn =
    [
        .. Enum.GetValues<ActKind>().SelectMany(kind => Enumerable.Repeat(kind, WeightOf(kind))),
    ];

    public static ImmutableArray<RandomAct> Sequence(Random random, int length) =>
        [
            .. Enumerable
                .Range(0, length)
                .Select(_ => Drawn[random.Next(Drawn.Length)])
                .Select(kind => new RandomAct(kind, random.Next(1024), random.Next(1 << 20), random.Next(1 << 24))),
        ];

    public override string ToString() => $"{Kind}({Device}, {Choice}, {Captures})";

    private static int WeightOf(ActKind kind) =>
        kind switch
        {
            ActKind.Heartbeat => 12,
            ActKind.Rejected => 6,
            ActKind.Wait or ActKind.VendorReport or ActKind.Strike or ActKind.Move or ActKind.Remove or ActKind.Return => 4,
            ActKind.Confirm or ActKind.Unreadable or ActKind.OutOfOrder or ActKind.Reboot or ActKind.MoveAndChangeSensors => 3,
            ActKind.Outage or ActKind.MassDisconnect => 1,
            _ => 2,
        };
}
