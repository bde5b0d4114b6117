using System.Diagnostics;
using System.Net;
using HdrHistogram;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// Many connections to one broker, and the devices that speak through them: each through its own, or many through a gateway's.
/// </summary>
internal sealed class Swarm : IDisposable
{
    private const int OpeningAtOnce = 64;
    private const string Capture = """{"video":"recorded","audio":"off"}""";

    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(10);

    private readonly Order _order;
    private readonly Connection[] _connections;
    private readonly uint[] _seq;
    private readonly long[] _spokeAt;
    private readonly int _stride;
    private readonly Lock _counting = new();
    private readonly LongHistogram _microseconds = new(1, 120_000_000, 3);
    private static volatile bool _isEnough;
    private volatile bool _isFull;
    private long _left,
        _countFrom = long.MaxValue,
        _countTo,
        _acknowledged,
        _all,
        _refused;
    private int _lost;
    private string? _why;

    public Swarm(Order order)
    {
        _order = order;
        Epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Beat = new Beat(Registered.Prefix, Epoch, Capture);
        (_seq, _spokeAt) = (new uint[order.Devices], new long[order.Devices]);
        Array.Fill(_seq, Beat.FirstSeq);
        // Devices speak in an order that no cache likes, each once before any twice.
        for (_stride = Math.Max(1, (int)(order.Devices * 0.618)); Gcd(_stride, order.Devices) > 1; _stride++) { }
        _connections = [.. Enumerable.Range(0, order.Connections).Select(number => new Connection(this, number, order.Window))];
    }

    /// <summary>Whether the paced load that runs may end before its time.</summary>
    public static bool IsEnough
    {
        set => _isEnough = value;
    }

    public Beat Beat { get; }

    public long Epoch { get; }

    private bool AreGateways => _order.Devices > _order.Connections;

    public async Task<Outcome> OpenAsync()
    {
        var clock = Stopwatch.StartNew();
        var broker = new IPEndPoint(IPAddress.Loopback, _order.Port);
        var window = _order.Window;
        await Parallel.ForEachAsync(
            _connections,
            new ParallelOptions { MaxDegreeOfParallelism = OpeningAtOnce },
            async (connection, _) =>
            {
                var id = AreGateways ? Registered.Gateway(connection.Number) : Registered.Device(_order.First + connection.Number);
                var most = await connection.OpenAsync(broker, id, Registered.Secret(id), keepAliveSeconds: 3600);
                if (most < window)
                    throw new InvalidOperationException($"The broker lets only {most} publishes be in flight, {window} were wanted.");
            }
        );
        return new Outcome("ended", Epoch: Epoch, Connected: _connections.Length, Window: window, Seconds: clock.Elapsed.TotalSeconds);
    }

    /// <summary>Every connection's window kept full, for a time or for a number of messages.</summary>
    public async Task<Outcome> FullAsync(Order order, Action onBegun)
    {
        _left = order.Messages > 0 ? order.Messages : long.MaxValue / 2;
        var began = Begin(order);
        _isFull = true;
        foreach (var connection in _connections)
            connection.Fill();
        await Task.Delay(TimeSpan.FromSeconds(order.SettleSeconds));
        onBegun();
        if (order.Messages > 0)
        {
            while (Interlocked.Read(ref _left) > 0 || _connections.Any(connection => connection.InFlight > 0))
            {
                await Task.Delay(1);
                if (_lost > 0)
                    break;
            }
        }
        else
        {
            await Task.Delay(TimeSpan.FromSeconds(order.Seconds));
        }

        _isFull = false;
        return Result(began, order);
    }

    /// <summary>Beats at a fixed pace, each counted from when it was due, whatever the broker does.</summary>
    public async Task<Outcome> PacedAsync(Order order, Action onBegun)
    {
        _isEnough = false;
        var began = Begin(order);
        var worst = await Task.Factory.StartNew(() => Pace(order, began, onBegun), TaskCreationOptions.LongRunning);
        return Result(began, order) with { LagMilliseconds = worst };
    }

    /// <summary>Waits for the acknowledgements that are still out; returns how many never came.</summary>
    public async Task<long> DrainAsync()
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < LongestDrain; await Task.Delay(10))
        {
            if (_connections.All(connection => connection.InFlight == 0))
                return 0;
        }

        return _connections.Sum(connection => (long)connection.InFlight);
    }

    public Outcome Spoken() => new("ended", AllAcknowledged: _all, Refused: _refused, Ended: _lost, Problem: _why, SpokeAt: _spokeAt);

    /// <summary>The device that speaks next through a connection whose window is to be kept full; false when none is to.</summary>
    public bool TryNext(Connection connection, out int device)
    {
        device = 0;
        if (!_isFull || Interlocked.Decrement(ref _left) < 0)
            return false;
        var behind = (_order.Devices - connection.Number + _connections.Length - 1) / _connections.Length;
        device = connection.Number + connection.Turn * _connections.Length;
        connection.Turn = (connection.Turn + 1) % behind;
        return true;
    }

    public void Write(Span<byte> into, int device, ushort packetId)
    {
        _spokeAt[device] = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Beat.Write(into, _order.First + device, packetId, _seq[device]++);
    }

    public void Answered(long took, long due, bool isSuccess)
    {
        lock (_counting)
        {
            if (!isSuccess)
            {
                _refused++;
                return;
            }

            _all++;
            var at = due + took;
            if (at < _countFrom || at >= _countTo)
                return;
            _acknowledged++;
            _microseconds.RecordValue(Math.Clamp(took / (Stopwatch.Frequency / 1_000_000), 1, _microseconds.HighestTrackableValue));
        }
    }

    public void Lost(string why)
    {
        Interlocked.Increment(ref _lost);
        Interlocked.CompareExchange(ref _why, why, null);
    }

    private long Begin(Order order)
    {
        lock (_counting)
        {
            _microseconds.Reset();
            _acknowledged = 0;
            var began = Stopwatch.GetTimestamp() + Ticks(order.SettleSeconds);
            (_countFrom, _countTo) = (began, order.Messages > 0 ? long.MaxValue : began + Ticks(order.Seconds));
            return began;
        }
    }

    private Outcome Result(long began, Order order)
    {
        lock (_counting)
        {
            _countTo = Math.Min(_countTo, Stopwatch.GetTimestamp());
            return new Outcome(
                "ended",
                _why,
                Epoch,
                _connections.Length,
                _order.Window,
                (_countTo - began) / (double)Stopwatch.Frequency,
                _acknowledged,
                _all,
                _refused,
                0,
                _lost,
                At(50),
                At(99),
                At(99.9),
                At(100)
            );
        }

        double At(double percent) => _microseconds.TotalCount == 0 ? 0 : _microseconds.GetValueAtPercentile(percent) / 1000.0;
    }

    private double Pace(Order order, long began, Action onBegun)
    {
        var start = began - Ticks(order.SettleSeconds);
        var end = began + Ticks(order.Seconds);
        var perBeat = Stopwatch.Frequency / order.PerSecond;
        var (worst, hasBegun) = (0L, false);
        var touched = new HashSet<Connection>();
        for (long beat = 0; ; )
        {
            var now = Stopwatch.GetTimestamp();
            if (!hasBegun && now >= began)
            {
                hasBegun = true;
                onBegun();
            }

            long due;
            for (; (due = start + (long)(beat * perBeat)) <= now && due < end; beat++)
            {
                var device = (int)(beat * _stride % _order.Devices);
                var connection = _connections[device % _connections.Length];
                connection.Take(device, due);
                touched.Add(connection);
                if (due >= began)
                    worst = Math.Max(worst, now - due);
            }

            foreach (var connection in touched)
                connection.Flush();
            touched.Clear();
            if (now >= end || _isEnough)
                return worst * 1000.0 / Stopwatch.Frequency;
            Thread.Sleep(1);
        }
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}
