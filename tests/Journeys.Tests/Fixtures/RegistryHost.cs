using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>A whole registry: the built executable in a process of its own, with its own data folder, cluster and free ports.</summary>
internal sealed partial class RegistryHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _log = new();
    private Process? _process;
    private Task<string>? _clerk;

    public RegistryHost(string? data = null) => Data = data ?? MakeTraversable(Directory.CreateTempSubdirectory("journey-").FullName);

    public string Data { get; }

    /// <summary>How long it may take to start or to stop.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many files the server may open; null for as many as this test.</summary>
    public int? OpenFiles { get; set; }

    /// <summary>The server's process id, while it runs.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>False before its start, and after it was killed or stopped.</summary>
    public bool IsRunning => _process is not null;

    public Uri Http { get; private set; } = null!;

    public IPEndPoint Mqtt { get; private set; } = null!;

    /// <summary>Everything that the server wrote to stderr.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>The lines about signing in that it printed before it was ready.</summary>
    public List<string> SignInLines { get; } = [];

    /// <summary>API tokens by role that its data folder holds already; empty for a folder that was made fresh.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of this registry alone.</summary>
    public Dictionary<string, string> ExtraSettings { get; } = [];

    public Dictionary<string, string> Settings
    {
        get
        {
            var settings = new Dictionary<string, string>
            {
                ["REGISTRY_DATA"] = Data,
                ["REGISTRY_HTTP"] = "127.0.0.1:0",
                ["REGISTRY_MQTT"] = "127.0.0.1:0",
                ["REGISTRY_POLICIES"] = Path.Combine(Programs.Root, "policies"),
                ["REGISTRY_DEVICES"] = Path.Combine(Programs.Root, "devices/sample-city.yaml"),
                // A process of a few seconds never earns back what it spends on measuring itself.
                ["DOTNET_TieredPGO"] = "0",
                ["DOTNET_TC_CallCountThreshold"] = "200", // In hexadecimal: the calls after which a method is optimized.
            };
            foreach (var (name, value) in ExtraSettings)
                settings[name] = value;
            return settings;
        }
    }

    public async Task StartAsync(params string[] arguments)
    {
        string[] command = ["dotnet", Programs.RegistryExecutable, "serve", .. arguments];
        _process = OpenFiles is { } files
            ? Programs.Start("prlimit", [$"--nofile={files}:{files}", .. command], Settings) // It becomes the server.
            : Programs.Start(command[0], command[1..], Settings);
        _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        using var bound = new CancellationTokenSource(StartTimeout);
        SignInLines.Clear();
        var line = await _process.StandardOutput.ReadLineAsync(bound.Token);
        for (
            ;
            line?.StartsWith("sign-in ", StringComparison.Ordinal) == true;
            line = await _process.StandardOutput.ReadLineAsync(bound.Token)
        )
            SignInLines.Add(line);
        var ready = ReadyLine().Match(line ?? "");
        if (!ready.Success)
            throw new InvalidOperationException($"The registry did not become ready: '{line}'. Its log: {Log}");
        Http = new Uri(ready.Groups["http"].Value);
        Mqtt = IPEndPoint.Parse(ready.Groups["mqtt"].Value);
    }

    /// <summary>Reads what it prints after it is ready, a line.</summary>
    public Task<string?> ReadLineAsync() => _process!.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Kills the process (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks the registry to stop (SIGTERM). Returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Programs.StopAsync(_process!);
        using var bound = new CancellationTokenSource(StartTimeout);
        await _process!.WaitForExitAsync(bound.Token);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>Issues a new secret for a device while the server runs. It replaces the one before.</summary>
    public async Task<string> IssueSecretAsync(string deviceId)
    {
        using var clerk = ApiClient(
            Tokens.TryGetValue("device-clerk", out var token) ? token : await (_clerk ??= CreateTokenAsync("device-clerk"))
        );
        using var body = new StringContent("""{"kind":"secret","reason":"Of a test."}""", Encoding.UTF8, "application/json");
        using var answer = await clerk.PostAsync($"devices/{deviceId}/credentials", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("secret").GetString()!;
    }

    /// <summary>Gives a device the shortest deadline that there is, through the API, so that a test waits 10 s.</summary>
    public async Task ShortenDeadlineAsync(string deviceId)
    {
        using var clerk = await ApiClientAsync("device-clerk");
        using var before = await clerk.GetAsync("devices/" + deviceId);
        using var change = new HttpRequestMessage(HttpMethod.Patch, "devices/" + deviceId)
        {
            Content = new StringContent("""{"deadlineSeconds":10}""", Encoding.UTF8, "application/json"),
        };
        change.Headers.IfMatch.Add(before.Headers.ETag!);
        using var answer = await clerk.SendAsync(change);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Issues a new secret for a device by the command line.</summary>
    public async Task<string> IssueSecretByCommandAsync(string deviceId)
    {
        var (code, output, errors) = await Programs.CommandAsync(Settings, "devices", "credential", deviceId, "--json");
        Assert.True(code == 0, errors);
        using var answer = JsonDocument.Parse(output);
        Assert.Equal(deviceId, answer.RootElement.GetProperty("deviceId").GetString());
        return answer.RootElement.GetProperty("secret").GetString()!;
    }

    /// <summary>Creates a token by the command line. Each is an actor of its own.</summary>
    public async Task<string> CreateTokenAsync(params string[] roles)
    {
        var (code, output, errors) = await Programs.CommandAsync(
            Settings,
            ["token", "create", .. roles.SelectMany(role => (string[])["--role", role]), "--json"]
        );
        Assert.True(code == 0, errors);
        return JsonSerializer.Deserialize<JsonElement>(output).GetProperty("token").GetString()!;
    }

    /// <summary>A client of the API for a role: with a token of the snapshot, or with a new one.</summary>
    public async Task<HttpClient> ApiClientAsync(string role) =>
        ApiClient(Tokens.TryGetValue(role, out var token) ? token : await CreateTokenAsync(role));

    /// <summary>A client of the API with a token.</summary>
    public HttpClient ApiClient(string token) =>
        new()
        {
            BaseAddress = new Uri(Http, "/api/v1/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };

    /// <summary>Connects as a device. The result says whether it signed in.</summary>
    public async Task<IMqttClient> ConnectAsync(string deviceId, string secret)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(Mqtt.Address.ToString(), Mqtt.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(deviceId)
                .WithCredentials(deviceId, secret)
                .Build()
        );
        return client;
    }

    public static MqttApplicationMessage Heartbeat(string deviceId, long epoch, long seq, string capture) =>
        new MqttApplicationMessageBuilder()
            .WithTopic($"registry/v1/devices/{deviceId}/heartbeat")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithPayload($$"""{"epoch":{{epoch}},"seq":{{seq}},"capture":{{capture}},"health":"ok","firmware":"10.12.1"}""")
            .Build();

    public async Task<JsonElement> GetAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = Http };
        return JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(path));
    }

    /// <summary>Waits until the API answers a device as expected.</summary>
    public async Task<JsonElement> WaitForDeviceAsync(string id, Func<JsonElement, bool> isExpected)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (true)
        {
            var device = await GetAsync("/api/v1/devices/" + id);
            if (isExpected(device))
                return device;
            Assert.False(bound.IsCancellationRequested, $"{id} stays {device}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Waits until the log holds a pattern.</summary>
    public async Task WaitForLogAsync(string pattern)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (!Regex.IsMatch(Log, pattern))
        {
            Assert.False(bound.IsCancellationRequested, $"'{pattern}' is not logged: {Log}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Reads its readiness: <c>ready</c>, or why not.</summary>
    public async Task<string> ReadinessAsync()
    {
        using var client = new HttpClient { BaseAddress = Http };
        Assert.Equal("alive", await client.GetStringAsync("/health/live"));
        using var answer = await client.GetAsync("/health/ready");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(text == "ready" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return text;
    }

    /// <summary>Waits until it is ready, or until it is not. Returns what it says.</summary>
    public async Task<string> WaitForReadinessAsync(bool ready)
    {
        using var bound = new CancellationTokenSource(StartTimeout);
        var readiness = await ReadinessAsync();
        for (; readiness == "ready" != ready; readiness = await ReadinessAsync())
            await Task.Delay(100, bound.Token);
        return readiness;
    }

    /// <summary>The connection string of the registry's own database.</summary>
    public async Task<string> ConnectionStringAsync() =>
        await PrivateCluster.ConnectIfRunningAsync(Data, CancellationToken.None)
        ?? throw new InvalidOperationException("The cluster does not answer.");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await StopAsync();
        else if (File.Exists(Path.Combine(Data, "postgres/cluster/postmaster.pid")))
        {
            // A registry that was killed leaves its PostgreSQL running.
            await using var left = await PrivateCluster.StartAsync(Data, "", NullLogger.Instance, CancellationToken.None);
        }

        Directory.Delete(Data, recursive: true);
    }

    /// <summary>
    /// Lets the unprivileged user of root's PostgreSQL walk through, so that the cluster lives here and goes with the folder.
    /// </summary>
    public static string MakeTraversable(string folder)
    {
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return folder;
    }

    [GeneratedRegex(@"^ready http=(?<http>http://\S+) mqtt=mqtt://(?<mqtt>\S+)$")]
    private static partial Regex ReadyLine();
}
