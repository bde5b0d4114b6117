using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>A third-party program that receives mail or webhooks.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private Receiver(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Starts a mail server; with a certificate it takes mail by STARTTLS only.</summary>
    public static Task<Receiver> StartMailServerAsync(params string[] certificateAndKey) => StartAsync("mail.mjs", certificateAndKey);

    /// <summary>Starts a receiver of webhooks.</summary>
    public static async Task<Receiver> StartWebhookAsync(int port, string secret)
    {
        var receiver = await StartAsync("webhook.mjs", port.ToString(CultureInfo.InvariantCulture));
        await receiver._process.StandardInput.WriteLineAsync(secret);
        return receiver;
    }

    /// <summary>Waits for what it receives next.</summary>
    public async Task<JsonElement> NextAsync() =>
        JsonSerializer.Deserialize<JsonElement>((await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience))!);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Receiver> StartAsync(string program, params string[] arguments)
    {
        var process = Programs.Start("node", [Path.Combine(Programs.Root, "tests/Journeys.Tests/npm", program), .. arguments], null);
        process.BeginErrorReadLine();
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return new Receiver(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }
}
