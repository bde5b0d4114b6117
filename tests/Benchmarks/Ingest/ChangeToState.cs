using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// A device publishes that it records sound now, or does not any more, while many others beat: when its PUBACK comes, when the public API
/// says so of the device, and when the screens of its place are told that there is a new notice.
/// </summary>
internal static class ChangeToState
{
    /// <summary>
    /// Changes before the first that counts: until the paths of a change and of the API are compiled for good, which takes half the machine
    /// while it lasts.
    /// </summary>
    private const int WarmUp = 600;

    private const int Beating = 1_000,
        MaxSeconds = 600;
    private const double MaxP50Milliseconds = 5,
        MaxP99Milliseconds = 25;
    private const string Quiet = """{"video":"recorded","audio":"off"}""",
        Listening = """{"video":"recorded","audio":"recorded"}""";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10),
        Rest = TimeSpan.FromMilliseconds(30);

    public static async Task RunAsync(Scale scale, Table table)
    {
        await using var generator = LoadGenerator.Start();
        var beating = scale.IsFull ? Beating : 50;
        await using var subject = await Subject.OpenAsync(
            generator,
            async database =>
            {
                await Registered.PlaceAsync(database, 0);
                await Registered.DevicesAsync(database, Registered.Fixed(0), 0, 1);
                await Registered.DevicesAsync(database, Registered.Moving, 1, beating);
            }
        );
        await generator.OpenAsync("behind", subject.Port, beating, beating, first: 1);
        using var probe = await Probe.OpenAsync(subject);
        await generator.PacedAsync("behind", scale.BeatsBehind, scale.WarmSeconds, subject.Cores);

        // The load lasts as long as the changes do, so that none is measured without it.
        var load = generator.PacedAsync("behind", scale.BeatsBehind, MaxSeconds, subject.Cores, scale.SettleSeconds);
        await Task.Delay(TimeSpan.FromSeconds(scale.SettleSeconds));
        var changes = new List<(double Acknowledged, double Read, double Told)>();
        for (var change = 0; change < WarmUp + scale.Changes && !load.IsCompleted; change++)
        {
            var measured = await probe.ChangeAsync(change % 2 == 0);
            if (change >= WarmUp)
                changes.Add(measured);
            await Task.Delay(Rest);
        }

        await generator.EnoughAsync();
        var run = await load;
        if (changes.Count < scale.Changes)
            throw new InvalidOperationException("The load was over before the changes were.");
        var runs = new Runs();
        runs.Add(run);
        var (acknowledged, read, told) = (
            Sorted(changes, one => one.Acknowledged),
            Sorted(changes, one => one.Read),
            Sorted(changes, one => one.Told)
        );
        var (p50, p99) = (Figures.Percentile(read, 50), Figures.Percentile(read, 99));
        table.Add(
            new Figure(
                Invariant($"a capture change published → the device's state, {run.Outcome.PerSecond:#,0} beats/s behind it"),
                Invariant($"p50 {p50:0.0}, p99 {p99:0.0} ms"),
                Invariant($"its durable PUBACK, the floor: {Words(acknowledged)}; screens told of the new notice: {Words(told)}"),
                Invariant($"beats behind: {runs.Latency}"),
                runs.Cores,
                Invariant($"{changes.Count} changes, read over HTTP again and again"),
                "p50 ≤ 5 ms, p99 ≤ 25 ms",
                p50 <= MaxP50Milliseconds && p99 <= MaxP99Milliseconds
            )
        );
    }

    private static double[] Sorted(
        List<(double Acknowledged, double Read, double Told)> changes,
        Func<(double Acknowledged, double Read, double Told), double> of
    ) => [.. changes.Select(of).Order()];

    private static string Words(double[] times) =>
        Invariant($"p50 {Figures.Percentile(times, 50):0.0}, p99 {Figures.Percentile(times, 99):0.0} ms");

    /// <summary>One device, one reader of the API and one screen.</summary>
    private sealed class Probe : IDisposable
    {
        private readonly System.Net.Sockets.Socket _socket = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        private readonly byte[] _in = new byte[256];
        private readonly Beat _quiet,
            _listening;
        private readonly HttpClient _reader;
        private readonly StreamReader _screen;
        private readonly Channel<long> _told = Channel.CreateUnbounded<long>();
        private uint _seq = Beat.FirstSeq;

        private Probe(HttpClient reader, StreamReader screen, long epoch) =>
            (_reader, _screen, _quiet, _listening) = (
                reader,
                screen,
                new Beat(Registered.Prefix, epoch, Quiet),
                new Beat(Registered.Prefix, epoch, Listening)
            );

        public static async Task<Probe> OpenAsync(Subject subject)
        {
            var reader = new HttpClient { BaseAddress = subject.House.Http, Timeout = TimeSpan.FromMinutes(30) };
            var screen = new StreamReader(await reader.GetStreamAsync($"/kiosks/{Registered.Kiosk(0)}/changes"));
            var probe = new Probe(reader, screen, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            await probe._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, subject.Port));
            var id = Registered.Device(0);
            await probe._socket.SendAsync(Wire.SignIn(id, Registered.Secret(id), 3600));
            await probe.AnswerAsync(Wire.SignInAnswer);
            _ = probe.ListenAsync();
            // Twice: the first word of a device is a change whatever it says, and then the screen's stream is known to run.
            await probe.ChangeAsync(isListening: true);
            await probe.ChangeAsync(isListening: false);
            return probe;
        }

        /// <summary>Milliseconds from the publish to each of the three.</summary>
        public async Task<(double Acknowledged, double Read, double Told)> ChangeAsync(bool isListening)
        {
            var beat = isListening ? _listening : _quiet;
            var packet = new byte[beat.Length];
            beat.Write(packet, 0, 1, _seq++);
            while (_told.Reader.TryRead(out _)) { }
            var began = Stopwatch.GetTimestamp();
            await _socket.SendAsync(packet);
            var read = ReadAsync(isListening ? "recorded" : "off");
            var acknowledged = await AnswerAsync(Wire.Acknowledgement);
            return (
                Milliseconds(acknowledged),
                Milliseconds(await read.WaitAsync(Longest)),
                Milliseconds(await _told.Reader.ReadAsync().AsTask().WaitAsync(Longest))
            );

            double Milliseconds(long at) => Stopwatch.GetElapsedTime(began, at).TotalMilliseconds;
        }

        private async Task<long> ReadAsync(string audio)
        {
            while (true)
            {
                var device = JsonSerializer.Deserialize<JsonElement>(
                    await _reader.GetStringAsync("/api/v1/devices/" + Registered.Device(0))
                );
                if (device.GetProperty("capture").TryGetProperty("audio", out var mode) && mode.GetString() == audio)
                    return Stopwatch.GetTimestamp();
            }
        }

        /// <summary>Writes down when the screen is told that something changed, until the stream ends.</summary>
        private async Task ListenAsync()
        {
            try
            {
                while (await _screen.ReadLineAsync() is { } line)
                {
                    if (line.StartsWith("data:", StringComparison.Ordinal))
                        _told.Writer.TryWrite(Stopwatch.GetTimestamp());
                }

                _told.Writer.TryComplete(new IOException("The registry ended the screen's stream."));
            }
            catch (Exception end) when (end is IOException or ObjectDisposedException or OperationCanceledException)
            {
                _told.Writer.TryComplete(end);
            }
        }

        private async Task<long> AnswerAsync(byte expected)
        {
            for (var held = 0; ; )
            {
                var arrived = await _socket.ReceiveAsync(_in.AsMemory(held)).AsTask().WaitAsync(Longest);
                if (arrived == 0)
                    throw new IOException("The registry hung up.");
                held += arrived;
                if (!Wire.TryReadPacket(_in.AsSpan(0, held), out var kind, out var body, out _))
                    continue;
                var isSuccess = expected == Wire.SignInAnswer ? body[1] == 0 : body.Length < 3 || body[2] == 0;
                return kind == expected && isSuccess
                    ? Stopwatch.GetTimestamp()
                    : throw new IOException($"The registry answered 0x{kind:x2} {Convert.ToHexString(body)}.");
            }
        }

        public void Dispose()
        {
            _socket.Dispose();
            _screen.Dispose();
            _reader.Dispose();
        }
    }
}
