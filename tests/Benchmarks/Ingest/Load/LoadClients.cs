using System.Diagnostics;
using System.Net;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>
/// A group of connections to one broker. Either each connection is one device, or each connection is a gateway for many devices.
/// </summary>
internal sealed class LoadClients : IDisposable
{
    private const int ConcurrentConnects = 64;
    private const string Capture = """{"video":"recorded","audio":"off"}""";

    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(10);

    private static volatile bool _isPacedLoadStopped;

    private readonly LoadOrder _order;
    private readonly LoadConnection[] _connections;
    private readonly LatencyCounter _counter = new();
    private readonly uint[] _sequence;
    private readonly long[] _publishedAt;
    private readonly int _stride;
    private readonly long _epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private volatile bool _isFullLoad;
    private long _messagesLeft;
    private int _lostConnections;
    private string? _firstProblem;

    public LoadClients(LoadOrder order)
    {
        _order = order;
        Template = new HeartbeatTemplate(RegisteredDevices.Prefix, _epoch, Capture);
        _sequence = new uint[order.Devices];
        Array.Fill(_sequence, HeartbeatTemplate.FirstSequence);
        _publishedAt = new long[order.Devices];
        // The stride visits every device once before any device twice, in an order that CPU caches do not favour.
        for (_stride = Math.Max(1, (int)(order.Devices * 0.618)); Gcd(_stride, order.Devices) > 1; _stride++) { }
        _connections = [.. Enumerable.Range(0, order.Connections).Select(number => new LoadConnection(this, number, order.Window))];
    }

    /// <summary>Set by the thread that reads stdin, to end the running paced load before its time.</summary>
    public static bool IsPacedLoadStopped
    {
        set => _isPacedLoadStopped = value;
    }

    public HeartbeatTemplate Template { get; }

    private bool AreGateways => _order.Devices > _order.Connections;

    public async Task<LoadResult> OpenAsync()
    {
        var clock = Stopwatch.StartNew();
        var broker = new IPEndPoint(IPAddress.Loopback, _order.Port);
        var window = _order.Window;
        await Parallel.ForEachAsync(
            _connections,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentConnects },
            async (connection, _) =>
            {
                var id = AreGateways
                    ? RegisteredDevices.GatewayId(connection.Number)
                    : RegisteredDevices.DeviceId(_order.First + connection.Number);
                var receiveMaximum = await connection.OpenAsync(broker, id, RegisteredDevices.Secret(id), keepAliveSeconds: 3600);
                if (receiveMaximum < window)
                    throw new InvalidOperationException($"The broker allows {receiveMaximum} publishes in flight, {window} are needed.");
            }
        );
        return new LoadResult("ended", Epoch: _epoch, Connected: _connections.Length, Window: window, Seconds: clock.Elapsed.TotalSeconds);
    }

    /// <summary>Keeps the window of every connection full, for a time or for a number of messages.</summary>
    public async Task<LoadResult> RunFullAsync(LoadOrder order, Action onBegun)
    {
        _messagesLeft = order.Messages > 0 ? order.Messages : long.MaxValue / 2;
        _counter.Begin(order);
        _isFullLoad = true;
        foreach (var connection in _connections)
            connection.FillWindow();
        await Task.Delay(TimeSpan.FromSeconds(order.SettleSeconds));
        onBegun();
        if (order.Messages > 0)
            await WaitForMessagesAsync();
        else
            await Task.Delay(TimeSpan.FromSeconds(order.Seconds));
        _isFullLoad = false;
        return Result();
    }

    private async Task WaitForMessagesAsync()
    {
        while (
            _lostConnections == 0 && (Interlocked.Read(ref _messagesLeft) > 0 || _connections.Any(connection => connection.InFlight > 0))
        )
            await Task.Delay(1);
    }

    /// <summary>Publishes at a fixed rate. A latency counts from the time at which a heartbeat was due.</summary>
    public async Task<LoadResult> RunPacedAsync(LoadOrder order, Action onBegun)
    {
        _isPacedLoadStopped = false;
        var began = _counter.Begin(order);
        var lag = await Task.Factory.StartNew(() => PublishPaced(order, began, onBegun), TaskCreationOptions.LongRunning);
        return Result() with { LagMilliseconds = lag };
    }

    /// <summary>Publishes each heartbeat when it is due; returns the longest lag of this thread in milliseconds.</summary>
    private double PublishPaced(LoadOrder order, long began, Action onBegun)
    {
        var start = began - LatencyCounter.Ticks(order.SettleSeconds);
        var end = began + LatencyCounter.Ticks(order.Seconds);
        var ticksPerHeartbeat = Stopwatch.Frequency / order.PerSecond;
        var longestLag = 0L;
        var hasBegun = false;
        var touched = new HashSet<LoadConnection>();
        var heartbeat = 0L;
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            if (!hasBegun && now >= began)
            {
                hasBegun = true;
                onBegun();
            }

            long due;
            for (; (due = start + (long)(heartbeat * ticksPerHeartbeat)) <= now && due < end; heartbeat++)
            {
                var device = (int)(heartbeat * _stride % _order.Devices);
                var connection = _connections[device % _connections.Length];
                connection.Enqueue(device, due);
                touched.Add(connection);
                if (due >= began)
                    longestLag = Math.Max(longestLag, now - due);
            }

            foreach (var connection in touched)
                connection.Flush();
            touched.Clear();
            if (now >= end || _isPacedLoadStopped)
                return longestLag * 1000.0 / Stopwatch.Frequency;
            Thread.Sleep(1);
        }
    }

    /// <summary>Waits at most ten seconds for the missing acknowledgements; returns how many are still missing.</summary>
    public async Task<long> DrainAsync()
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < LongestDrain; await Task.Delay(10))
        {
            if (_connections.All(connection => connection.InFlight == 0))
                return 0;
        }

        return _connections.Sum(connection => (long)connection.InFlight);
    }

    /// <summary>Returns the totals since the connections were opened, and when each device last published.</summary>
    public LoadResult Published() =>
        _counter.Totals() with
        {
            Lost = _lostConnections,
            Problem = _firstProblem,
            PublishedAt = _publishedAt,
        };

    private LoadResult Result() =>
        _counter.End() with
        {
            Problem = _firstProblem,
            Epoch = _epoch,
            Connected = _connections.Length,
            Window = _order.Window,
            Lost = _lostConnections,
        };

    /// <summary>Called by a connection with a free slot. Returns the device that publishes next; false when no full load runs.</summary>
    public bool TryNextDevice(LoadConnection connection, out int device)
    {
        device = 0;
        if (!_isFullLoad || Interlocked.Decrement(ref _messagesLeft) < 0)
            return false;
        var devicesOfConnection = (_order.Devices - connection.Number + _connections.Length - 1) / _connections.Length;
        device = connection.Number + connection.NextDevice * _connections.Length;
        connection.NextDevice = (connection.NextDevice + 1) % devicesOfConnection;
        return true;
    }

    /// <summary>Writes the next heartbeat of a device.</summary>
    public void WriteHeartbeat(Span<byte> destination, int device, ushort packetId)
    {
        _publishedAt[device] = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Template.Write(destination, _order.First + device, packetId, _sequence[device]++);
    }

    /// <summary>Called by a connection for each PUBACK.</summary>
    public void OnAcknowledged(long latency, long due, bool isSuccess) => _counter.Record(latency, due, isSuccess);

    /// <summary>Called by a connection when it ended.</summary>
    public void OnConnectionLost(string reason)
    {
        Interlocked.Increment(ref _lostConnections);
        Interlocked.CompareExchange(ref _firstProblem, reason, null);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}
