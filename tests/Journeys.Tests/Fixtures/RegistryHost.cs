using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>A whole registry: the built executable in a process of its own, with its own data folder, cluster and free ports.</summary>
internal sealed partial class RegistryHost : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;

    public RegistryHost(string? data = null) => Data = data ?? Reachable(Directory.CreateTempSubdirectory("journey-").FullName);

    public string Data { get; }

    /// <summary>How long it may take to open or to close.</summary>
    public TimeSpan LongestStart { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The server's process id, while it is open.</summary>
    public int Pid => _process!.Id;

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

    /// <summary>What it printed about signing in, before it was ready.</summary>
    public List<string> SignIns { get; } = [];

    /// <summary>Settings of this house alone.</summary>
    public Dictionary<string, string> More { get; } = [];

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
            };
            foreach (var (name, value) in More)
                settings[name] = value;
            return settings;
        }
    }

    public async Task OpenAsync(params string[] arguments)
    {
        _process = Programs.Start("dotnet", [Programs.Registry, "serve", .. arguments], Settings);
        _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        using var bound = new CancellationTokenSource(LongestStart);
        SignIns.Clear();
        var line = await _process.StandardOutput.ReadLineAsync(bound.Token);
        for (
            ;
            line?.StartsWith("sign-in ", StringComparison.Ordinal) == true;
            line = await _process.StandardOutput.ReadLineAsync(bound.Token)
        )
            SignIns.Add(line);
        var ready = Ready().Match(line ?? "");
        if (!ready.Success)
            throw new InvalidOperationException($"The registry did not become ready: '{line}'. Its log: {Log}");
        Http = new Uri(ready.Groups["http"].Value);
        Mqtt = IPEndPoint.Parse(ready.Groups["mqtt"].Value);
    }

    /// <summary>kill -9: no farewell of any kind.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks the registry to stop, and tells its exit code.</summary>
    public async Task<int> CloseAsync()
    {
        await Programs.StopAsync(_process!);
        using var bound = new CancellationTokenSource(LongestStart);
        await _process!.WaitForExitAsync(bound.Token);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>A new secret for a device, through the command line, while the server runs.</summary>
    public async Task<string> SecretAsync(string deviceId)
    {
        var (code, output, errors) = await Programs.VerbAsync(Settings, "devices", "credential", deviceId, "--json");
        Assert.True(code == 0, errors);
        using var answer = JsonDocument.Parse(output);
        Assert.Equal(deviceId, answer.RootElement.GetProperty("deviceId").GetString());
        return answer.RootElement.GetProperty("secret").GetString()!;
    }

    /// <summary>A device's session.</summary>
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

    /// <summary>What it says of its readiness: <c>ready</c>, or why not.</summary>
    public async Task<string> ReadinessAsync()
    {
        using var client = new HttpClient { BaseAddress = Http };
        Assert.Equal("alive", await client.GetStringAsync("/health/live"));
        using var answer = await client.GetAsync("/health/ready");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(text == "ready" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return text;
    }

    /// <summary>Waits until it says that it is ready, or that it is not, and why.</summary>
    public async Task<string> BecomesAsync(bool ready)
    {
        using var bound = new CancellationTokenSource(LongestStart);
        var said = await ReadinessAsync();
        for (; said == "ready" != ready; said = await ReadinessAsync())
            await Task.Delay(100, bound.Token);
        return said;
    }

    /// <summary>How to reach the house's own database.</summary>
    public async Task<string> DatabaseAsync() =>
        await PrivateCluster.ConnectIfRunningAsync(Data, CancellationToken.None)
        ?? throw new InvalidOperationException("The cluster does not answer.");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await CloseAsync();
        else
            await using (
                await PrivateCluster.StartAsync(
                    Data,
                    "",
                    Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
                    CancellationToken.None
                )
            ) { }
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>
    /// Lets the unprivileged user of root's PostgreSQL walk through, so that the cluster lives here and goes with the folder.
    /// </summary>
    public static string Reachable(string folder)
    {
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return folder;
    }

    [GeneratedRegex(@"^ready http=(?<http>http://\S+) mqtt=mqtt://(?<mqtt>\S+)$")]
    private static partial Regex Ready();
}
