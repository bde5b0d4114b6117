using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;
using MQTTnet.Formatter;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>
/// One corner of the city during one attempt: its camera, its screen, a telephone at its page, and a recorder that reads all three faces
/// all the time. The recorder knows only what the attempt told it to demand.
/// </summary>
internal sealed class Corner(CornerCity city, string id, bool hasMicrophone) : IAsyncDisposable
{
    /// <summary>How long a face may take to say what the camera said, on a busy machine.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    /// <summary>How often the recorder looks.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentQueue<FaceSample> _samples = [];
    private readonly ConcurrentDictionary<string, TimeSpan> _demands = [];
    private readonly CancellationTokenSource _ending = new();
    private string _secret = "";
    private Task _recording = Task.CompletedTask;

    public string Id => id;

    public CornerCity City => city;

    public string CameraId => "camera-" + id;

    public CornerCamera Camera { get; private set; } = null!;

    public IPage Glass { get; private set; } = null!;

    public IPage Phone { get; private set; } = null!;

    /// <summary>What the camera says when it captures nothing.</summary>
    public string Nothing => hasMicrophone ? """{"video":"off","audio":"off"}""" : """{"video":"off"}""";

    /// <summary>Whether the telephone asks for its page anew before it is read. False for a page that is left open.</summary>
    public bool PhoneReloads { get; set; } = true;

    /// <summary>Connects the camera, which captures nothing, and opens the faces. None of them shows a fact yet.</summary>
    public async Task OpenAsync(bool ownsTime)
    {
        _secret = await city.Host.IssueSecretAsync(CameraId);
        Camera = await CornerCamera.ConnectAsync(city.Host, CameraId, _secret);
        await Camera.SayAsync(Nothing);
        Glass = await OpenPageAsync(1080, 1920, "/kiosks/screen-" + id, ownsTime);
        Phone = await OpenPageAsync(390, 844, "/places/" + id, ownsTime);
        await AllFacesAsync(sample => sample.Facts.Length == 0 && (sample.Face != "glass" || sample.State == "current"));
        _samples.Clear();
        _recording = RecordAsync();
    }

    /// <summary>Connects the camera once more, with the same number of its last heartbeat.</summary>
    public async Task ConnectAgainAsync(MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var before = Camera;
        Camera = await CornerCamera.ConnectAsync(city.Host, CameraId, _secret, version);
        (Camera.Epoch, Camera.Seq) = (before.Epoch, before.Seq);
    }

    /// <summary>From now on, every face that is read must show these captures, and within the grace it must have begun to.</summary>
    public void Demand(params string[] captures)
    {
        foreach (var capture in captures)
            _demands.TryAdd(capture, _clock.Elapsed + Grace);
    }

    /// <summary>The camera reports that it records; every face shows it, and must go on to.</summary>
    public async Task RecordsAsync(string capture)
    {
        await Camera.SayAsync(Nothing.Replace($"\"{capture}\":\"off\"", $"\"{capture}\":\"recorded\"", StringComparison.Ordinal));
        await AllFacesAsync(sample => sample.Reports(capture));
        _demands[capture] = _clock.Elapsed;
    }

    /// <summary>A clerk's program changes what is registered of the camera.</summary>
    public async Task ChangeAsync(string body)
    {
        using var before = await city.Clerk.GetAsync("devices/" + CameraId);
        using var request = new HttpRequestMessage(HttpMethod.Patch, "devices/" + CameraId) { Content = Json(body) };
        request.Headers.IfMatch.Add(before.Headers.ETag ?? EntityTagHeaderValue.Any);
        using var answer = await city.Clerk.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A clerk's program sends something else. Returns the status.</summary>
    public async Task<HttpStatusCode> PostAsync(string path, string body)
    {
        using var answer = await city.Clerk.PostAsync(path, Json(body));
        return answer.StatusCode;
    }

    /// <summary>Waits until every face shows all that is demanded, and watches for a while. Returns what was wrong.</summary>
    public async Task<string[]> JudgeAsync(TimeSpan watch)
    {
        var bound = _clock.Elapsed + Grace;
        while (_clock.Elapsed < bound && !(await ReadAllAsync()).All(sample => _demands.Keys.All(sample.Shows)))
            await Task.Delay(Pace, CancellationToken.None);
        foreach (var capture in _demands.Keys)
            _demands[capture] = _clock.Elapsed < _demands[capture] ? _clock.Elapsed : _demands[capture];
        var end = _clock.Elapsed + watch;
        while (_clock.Elapsed < end)
            await Task.Delay(Pace, CancellationToken.None);
        await ReadAllAsync();
        await _ending.CancelAsync();
        await _recording;
        return
        [
            .. from demand in _demands
            let missed = _samples.Where(sample => sample.At > demand.Value && !sample.Shows(demand.Key)).ToArray()
            where missed.Length > 0
            select $"{demand.Key} is missing from {demand.Value.TotalSeconds:0.0} s: {missed.Length} × of {_samples.Count}, "
                + $"{missed[0]} to {missed[^1]}",
        ];
    }

    /// <summary>
    /// What faces said without a capture since the registry began to start again. A screen may go on to show what it confirmed before,
    /// with the age of it.
    /// </summary>
    public FaceSample[] SaidAfterStartWithout(string capture, DateTimeOffset started) =>
        [.. _samples.Where(sample => !sample.Shows(capture) && (sample.Face == "glass" ? sample.AsOf : sample.ReadAt) >= started)];

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _recording;
        await Camera.DisposeAsync();
        await Glass.Context.CloseAsync();
        await Phone.Context.CloseAsync();
        _ending.Dispose();
    }

    private async Task<IPage> OpenPageAsync(int width, int height, string path, bool ownsTime)
    {
        var page = await (await city.NewContextAsync(width, height)).NewPageAsync();
        if (ownsTime)
            await page.Clock.InstallAsync();
        await page.GotoAsync(path);
        return page;
    }

    private async Task AllFacesAsync(Func<FaceSample, bool> isExpected)
    {
        FaceSample[] samples = [];
        for (var bound = _clock.Elapsed + Grace; _clock.Elapsed < bound; await Task.Delay(Pace, CancellationToken.None))
        {
            samples = await ReadAllAsync();
            if (samples.All(isExpected))
                return;
        }

        Assert.Fail($"{id}: not as expected: {string.Join("; ", samples.AsEnumerable())}");
    }

    private async Task RecordAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await ReadAsync(() => FaceSample.OfPageAsync(Glass, "glass", () => _clock.Elapsed));
            await ReadAsync(() => FaceSample.OfApiAsync(city.Reader, id, () => _clock.Elapsed));
            await Task.Delay(Pace, CancellationToken.None);
        }
    }

    private async Task<FaceSample[]> ReadAllAsync()
    {
        if (PhoneReloads)
            await Phone.ReloadAsync();
        var read = new[]
        {
            await ReadAsync(() => FaceSample.OfPageAsync(Glass, "glass", () => _clock.Elapsed)),
            await ReadAsync(() => FaceSample.OfPageAsync(Phone, "phone", () => _clock.Elapsed)),
            await ReadAsync(() => FaceSample.OfApiAsync(city.Reader, id, () => _clock.Elapsed)),
        };
        return [.. read.OfType<FaceSample>()];
    }

    /// <summary>Keeps what a face said. A face that cannot be read says nothing: a dead API, a page that is loading.</summary>
    private async Task<FaceSample?> ReadAsync(Func<Task<FaceSample>> read)
    {
        try
        {
            var sample = await read();
            _samples.Enqueue(sample);
            return sample;
        }
        catch (Exception exception) when (exception is HttpRequestException or PlaywrightException)
        {
            return null;
        }
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
