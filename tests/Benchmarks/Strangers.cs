using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MQTTnet;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// What strangers cost screens and devices: anonymous sign-ins and event streams at the limit of open files, and sockets that say little.
/// The peer is the same registry in the same run, before the strangers came.
/// </summary>
internal static partial class Strangers
{
    public const string Verb = "strangers";

    private const int OpenFiles = 1_024,
        Streams = 2_000,
        SignIns = 60,
        Devices = 20,
        HostileSockets = 1_000;

    private const double MaxRatio = 2,
        MaxHostileMegabytes = 64;

    private const string Kiosk = "/kiosks/kiosk-east-precinct-lobby",
        Capture = """{"video":"recorded"}""";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15),
        Measured = TimeSpan.FromSeconds(30);

    public static async Task RunAsync()
    {
        await using var registry = new RegistryHost { OpenFiles = OpenFiles }.WithProfiling();
        await registry.StartAsync();
        var cameras = await ConnectAsync(registry);
        using var screen = new HttpClient { BaseAddress = registry.Http };

        await MeasureAsync(screen, cameras, WarmUp);
        var calm = await MeasureAsync(screen, cameras, Measured);

        using var attack = new CancellationTokenSource();
        var statuses = new ConcurrentDictionary<int, int>();
        var signIns = Task.WhenAll(
            Enumerable.Range(0, SignIns).Select(number => SignInAsync(registry.Http, number, statuses, attack.Token))
        );
        await MeasureAsync(screen, cameras, TimeSpan.FromSeconds(2)); // Every stranger has a connection before the streams take the rest.
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(number => OpenStreamAsync(registry.Http, number)));
        var attacked = await MeasureAsync(screen, cameras, Measured);
        await attack.CancelAsync();
        await signIns;

        var answers = string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Value} × {one.Key}"));
        Console.WriteLine(
            $"{OpenFiles} open files, {SignIns} sign-ins at once ({answers}), {Streams} streams, {Devices} devices, no beat unanswered"
        );
        Print("notice, p99 under strangers, of calm", calm.Notice, attacked.Notice);
        Print("PUBACK, p99 under strangers, of calm", calm.Acknowledged, attacked.Acknowledged);
        Array.ForEach(streams, stream => stream?.Dispose());
        await MeasureAsync(screen, cameras, TimeSpan.FromSeconds(5));
        foreach (var camera in cameras)
            camera.Client.Dispose();
        await MeasureHostileSocketsAsync();
    }

    /// <summary>Sockets that send the beginning of a message and no more, half to HTTP and half to MQTT.</summary>
    private static async Task MeasureHostileSocketsAsync()
    {
        await using var registry = new RegistryHost().WithProfiling();
        await registry.StartAsync();
        using var reader = new HttpClient { BaseAddress = registry.Http };
        for (var i = 0; i < 500; i++)
            await reader.GetStringAsync(Kiosk + "/notice");
        var before = ResidentMegabytes(registry.ProcessId);
        byte[] request = [.. Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX: "), .. Enumerable.Repeat((byte)'x', 20_000)],
            connect = [0x10, 0xFF, 0xFF, 0x03, 0x00, 0x04, .. "MQTT"u8];
        var sockets = await Task.WhenAll(
            Enumerable
                .Range(0, HostileSockets)
                .Select(number =>
                    number % 2 == 0 ? OpenAsync(registry.Http.Port, number, request) : OpenAsync(registry.Mqtt.Port, number, connect)
                )
        );
        var most = before;
        for (var i = 0; i < 40; i++)
        {
            most = Math.Max(most, ResidentMegabytes(registry.ProcessId));
            await Task.Delay(100);
        }

        var grown = most - before;
        Figures.Print($"{HostileSockets} hostile sockets, resident memory", $"{grown:0} MB", grown, MaxHostileMegabytes);
        Array.ForEach(sockets, socket => socket?.Dispose());
    }

    private static async Task<(string Id, IMqttClient Client)[]> ConnectAsync(RegistryHost registry)
    {
        var cameras = new List<(string, IMqttClient)>();
        var answer = await registry.GetAsync("/api/v1/devices");
        var ids = answer
            .GetProperty("items")
            .EnumerateArray()
            .Where(device => device.GetProperty("lifecycle").GetString() == "active")
            .Where(device => device.GetProperty("sensors").ToString() == "[\"video\"]")
            .Select(device => device.GetProperty("id").GetString()!)
            .Take(Devices);
        foreach (var id in ids)
            cameras.Add((id, await registry.ConnectAsync(id, await registry.IssueSecretByCommandAsync(id))));
        return [.. cameras];
    }

    /// <summary>Reads a notice ten times a second and publishes five times a second for each device. Milliseconds, sorted.</summary>
    private static async Task<(double[] Notice, double[] Acknowledged)> MeasureAsync(
        HttpClient screen,
        (string Id, IMqttClient Client)[] cameras,
        TimeSpan time
    )
    {
        using var bound = new CancellationTokenSource(time);
        var (notice, acknowledged) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var tasks = cameras
            .Select(camera =>
                RepeatAsync(
                    TimeSpan.FromMilliseconds(200),
                    acknowledged,
                    async () =>
                    {
                        var seq = Stopwatch.GetTimestamp();
                        var answer = await camera.Client.PublishAsync(RegistryHost.Heartbeat(camera.Id, 1, seq, Capture));
                        Assert.True(answer.IsSuccess, answer.ReasonCode.ToString());
                    },
                    bound.Token
                )
            )
            .Append(RepeatAsync(TimeSpan.FromMilliseconds(100), notice, () => screen.GetStringAsync(Kiosk + "/notice"), bound.Token));
        await Task.WhenAll(tasks);
        return ([.. notice.Order()], [.. acknowledged.Order()]);
    }

    private static async Task RepeatAsync(TimeSpan every, ConcurrentBag<double> milliseconds, Func<Task> act, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            await act();
            var took = Stopwatch.GetElapsedTime(began);
            milliseconds.Add(took.TotalMilliseconds);
            if (took < every)
                await Task.Delay(every - took, CancellationToken.None);
        }
    }

    /// <summary>Signs in with wrong passwords as fast as it is answered, from an address of its own.</summary>
    private static async Task SignInAsync(Uri http, int number, ConcurrentDictionary<int, int> statuses, CancellationToken end)
    {
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, end) => new NetworkStream(await ConnectFromAsync(7, number, http.Port, end), ownsSocket: true),
                AllowAutoRedirect = false,
            }
        )
        {
            BaseAddress = http,
        };
        var page = await client.GetStringAsync("/staff/sign-in", CancellationToken.None);
        var token = FormToken().Match(page).Groups[1].Value;
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            using var form = new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["sign-in"] = $"person-{number}-{i}@city.example",
                    ["password"] = "not the password of anybody",
                    ["__RequestVerificationToken"] = token,
                }
            );
            try
            {
                using var answer = await client.PostAsync("/staff/sign-in", form, CancellationToken.None);
                statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
                    await Task.Delay(50, CancellationToken.None);
            }
            catch (HttpRequestException)
            {
                statuses.AddOrUpdate(0, 1, (_, count) => count + 1);
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    private static Task<Socket?> OpenStreamAsync(Uri http, int number) =>
        OpenAsync(http.Port, number, Encoding.ASCII.GetBytes($"GET {Kiosk}/changes HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));

    /// <summary>Opens a socket and sends a few bytes; null if the connection was closed at once.</summary>
    private static async Task<Socket?> OpenAsync(int port, int number, byte[] bytes)
    {
        Socket? socket = null;
        try
        {
            socket = await ConnectFromAsync(6, number, port, CancellationToken.None);
            await socket.SendAsync(bytes, SocketFlags.None);
            return socket;
        }
        catch (SocketException)
        {
            socket?.Dispose();
            return null;
        }
    }

    private static async Task<Socket> ConnectFromAsync(int network, int number, int port, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.{network}.{1 + number % 60}"), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        return socket;
    }

    private static double ResidentMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1_024;
    }

    private static void Print(string what, double[] calm, double[] attacked)
    {
        var (before, after) = (Figures.Percentile(calm, 99), Figures.Percentile(attacked, 99));
        Figures.Print(what, $"{before:0.0} → {after:0.0} ms, {after / before:0.00} ×", after / before, MaxRatio);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
