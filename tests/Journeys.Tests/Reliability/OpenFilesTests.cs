using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Reliability;

/// <summary>A registry that may open few files. It stops in order whatever happened to it.</summary>
public sealed class ScarceRegistry : IAsyncLifetime
{
    internal const int OpenFiles = 1_024;

    internal RegistryHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await Snapshot.CreateHostAsync();
        Host.OpenFiles = OpenFiles;
        await Host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, await Host.StopAsync());
        Assert.Contains("Stopped.", Host.Log, StringComparison.Ordinal);
        await Host.DisposeAsync();
    }
}

/// <summary>Strangers who use up what they may hold open, and a process that can open no file for a while.</summary>
public sealed class OpenFilesTests(ScarceRegistry scarce) : IClassFixture<ScarceRegistry>
{
    private const string Camera = "city-hall-lobby-1",
        LateCamera = "city-hall-lobby-2",
        Stream = "/kiosks/kiosk-east-precinct-lobby/changes",
        Notice = "/kiosks/kiosk-east-precinct-lobby/notice";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Screens_and_devices_go_on_when_strangers_hold_every_connection()
    {
        using var screen = new HttpClient { BaseAddress = scarce.Host.Http };
        using var hints = await screen.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var camera = await PipeliningDevice.ConnectAsync(scarce.Host, Camera);
        await camera.PublishAsync();
        var secret = await scarce.Host.IssueSecretAsync(LateCamera);
        await screen.GetStringAsync(Notice, Cancellation); // From now on the screen has a connection for its questions.

        var idle = await OpenAsync(ScarceRegistry.OpenFiles, "GET /");
        await scarce.Host.WaitForLogAsync("HTTP connections are at their limit");
        var strangers = await OpenAsync(2 * ScarceRegistry.OpenFiles, $"GET {Stream} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        for (var i = 0; i < 20; i++)
        {
            using var notice = await screen.GetAsync(Notice, Cancellation);
            Assert.Equal(HttpStatusCode.OK, notice.StatusCode);
            await camera.PublishAsync();
        }

        var late = await PipeliningDevice.ConnectAsync(scarce.Host, LateCamera, secret: secret); // A device has a place of its own.
        await late.PublishAsync();
        Assert.Equal(HttpStatusCode.OK, hints.StatusCode);

        Array.ForEach([.. idle, .. strangers], stranger => stranger?.Dispose());
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await IsAnsweredAsync())
            await Task.Delay(20, bound.Token);
    }

    [Fact]
    public async Task The_watch_on_PostgreSQL_survives_a_shortage_of_open_files()
    {
        await LimitAsync(32);
        await scarce.Host.WaitForLogAsync("The watch on PostgreSQL goes on after a failure");
        await LimitAsync(ScarceRegistry.OpenFiles);
        var files = Directory.GetFiles(scarce.Host.Data, "postmaster.pid", SearchOption.AllDirectories);
        var postmaster = (await File.ReadAllLinesAsync(files.Single(), Cancellation))[0];
        await Programs.RunAsync("bash", ["-c", "kill -KILL " + postmaster]);
        await scarce.Host.WaitForLogAsync("PostgreSQL runs again");
        await scarce.Host.WaitForReadinessAsync(ready: true);
    }

    /// <summary>Opens connections from forty addresses and sends the same on each; null where it was closed at once.</summary>
    private Task<Socket?[]> OpenAsync(int count, string request) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => OpenOneAsync(number, Encoding.ASCII.GetBytes(request))));

    private async Task<Socket?> OpenOneAsync(int number, byte[] request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.6.{1 + number % 40}"), 0));
            await socket.ConnectAsync(IPAddress.Loopback, scarce.Host.Http.Port, Cancellation);
            await socket.SendAsync(request, Cancellation);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private async Task<bool> IsAnsweredAsync()
    {
        using var late = new HttpClient { BaseAddress = scarce.Host.Http };
        try
        {
            using var notice = await late.GetAsync(Notice, Cancellation);
            return notice.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task LimitAsync(int files)
    {
        var process = scarce.Host.ProcessId.ToString(CultureInfo.InvariantCulture);
        var (code, _, errors) = await Programs.RunAsync("prlimit", ["--pid", process, $"--nofile={files}:{ScarceRegistry.OpenFiles}"]);
        Assert.True(code == 0, errors);
    }
}
