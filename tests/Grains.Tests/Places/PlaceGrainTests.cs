using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Places;

/// <summary>
/// A vendor that says less than everything, in a city of each test's own: what was named once is not forgotten, and what never lived is so
/// since no time.
/// </summary>
public sealed class PlaceGrainTests : IAsyncLifetime
{
    private static readonly CaptureReport Plates = CaptureReport.Every([Capture.Plates, Capture.Stills], Mode.Recorded);

    private readonly SmallCity _city = new();

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    /// <summary>A word of the plate reader, of which the register knows no microphone.</summary>
    private async Task Says(CaptureReport capture, bool namesAudio, bool isLife = true)
    {
        var word = _city.Next(Reader, capture) with
        {
            UnregisteredCaptures = namesAudio ? CaptureSet.From(Capture.Audio) : default,
            ProvesLife = isLife,
        };
        _city.Memory.Keep(word);
        await _city.Partition(Reader).ApplyHeartbeats([word]);
        await _city.Partition(Reader).Wake();
    }

    private async Task<(Mode?, FactCertainty?)> Audio() =>
        (await _city.Notice(Gate)).Now.Facts.SingleOrDefault(fact => fact.Capture == Capture.Audio) is { } audio
            ? (audio.Mode, audio.Certainty)
            : (null, null);

    [Fact]
    public async Task Is_on_the_notice_until_it_is_told_off_whatever_else_is_left_out_and_whoever_takes_over()
    {
        await Says(Plates, namesAudio: false);
        Assert.Equal((null, null), await Audio());
        await Says(Plates, namesAudio: true); // It listens; whether that is stored nobody can tell.
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown), await Audio());
        await Says(Plates.With(Capture.Audio, Mode.Live), namesAudio: true);
        Assert.Equal((Mode.Live, FactCertainty.Reported), await Audio());

        await Says(Plates, namesAudio: false); // The gateway came back, and speaks of something else first.
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown), await Audio());
        Assert.True((await _city.Grains.Device(Reader).LastObservation())!.IsHeard);

        var rows = _city.Memory.Remembered.Length;
        _city.Memory.Owner++; // Whoever keeps the partition from here on knows only what was written down and logged.
        await Says(Plates.With(Capture.Stills, Mode.Live), namesAudio: false);
        await _city.Partition(Reader).Wake();
        await _city.Memory.Until(memory => memory.Remembered.Length > rows);
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown), await Audio());

        await Says(Plates.With(Capture.Audio, Mode.Off), namesAudio: true);
        Assert.Equal((null, null), await Audio());
        Assert.Contains((await _city.Notice(Gate)).Worst.Facts, fact => fact.Capture == Capture.Audio);
    }

    [Fact]
    public async Task Does_not_keep_a_unit_from_being_said_to_be_heard_just_now()
    {
        await Says(Plates, namesAudio: true);
        await Says(Plates, namesAudio: false);
        _city.Time.Advance(TimeSpan.FromSeconds(2));
        await Says(Plates, namesAudio: false);
        Assert.Equal(_city.Time.GetUtcNow(), (await _city.Grains.Device(Reader).LastObservation())!.LastHeardAt);
    }

    [Fact]
    public async Task Of_a_unit_that_was_never_heard_is_so_since_no_time()
    {
        await Says(Plates, namesAudio: false, isLife: false); // Retained: it may be old.
        await _city.Memory.Until(memory => memory.Remembered.Any(seen => seen.DeviceId == Reader));
        var last = (await _city.Grains.Device(Reader).LastObservation())!;
        Assert.Equal((PresenceState.Unknown, null, Mode.Recorded), (last.Presence, last.LastHeardAt, last.Capture[Capture.Plates]));
        var notice = await _city.Notice(Gate);
        Assert.All(
            notice.Now.Facts.Concat(notice.Worst.Facts),
            fact => Assert.Equal((Mode.Recorded, FactCertainty.Unknown, null), (fact.Mode, fact.Certainty, fact.Since))
        );
    }

    [Fact]
    public async Task Of_a_unit_that_was_taken_away_counts_while_it_is_heard_and_not_because_the_registry_cannot_see()
    {
        await Says(Plates, namesAudio: false);
        await _city.Memory.ChangeAsync(
            _city.Memory.Devices.First(device => device.Id == Reader) with
            {
                Lifecycle = Lifecycle.Removed,
            },
            1,
            null!,
            "gone",
            _city.Time.GetUtcNow(),
            TestContext.Current.CancellationToken
        );
        await _city.Grains.Device(Reader).ReloadDevice();
        await _city.Grains.Place(Gate).MarkDevicesChanged();
        Assert.Equal(2, (await _city.Notice(Gate)).Now.Facts.Length); // It records, whatever the register says.

        await _city.Dies(Reader);
        Assert.Equal((0, 0), await Facts());
        foreach (var sight in _city.Sights)
            await sight.StartAsync(TestContext.Current.CancellationToken);
        for (
            var patience = DateTime.UtcNow.AddSeconds(10);
            _city.Sights.Any(sight => sight.ObservingSinceMs < 0) && DateTime.UtcNow < patience;
            await Task.Yield()
        ) { }
        _city.Memory.IsOutOfReach = true;
        try
        {
            for (var second = 0; second < 40; second++)
                _city.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.All(_city.Sights, sight => Assert.True(sight.CannotObserve));
            Assert.Equal(PresenceState.Disconnected, (await _city.Grains.Device(Reader).LastObservation())!.Presence);
        }
        finally
        {
            _city.Memory.IsOutOfReach = false;
            foreach (var sight in _city.Sights)
                await sight.StopAsync(CancellationToken.None);
        }

        async Task<(int, int)> Facts() =>
            await _city.Notice(Gate) is var notice ? (notice.Now.Facts.Length, notice.Worst.Facts.Length) : default;
    }
}
