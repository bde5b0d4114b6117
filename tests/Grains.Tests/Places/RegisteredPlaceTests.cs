using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Places;

/// <summary>What a place does when its entry in the register, or that of one of its screens, changes.</summary>
public sealed class RegisteredPlaceTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IPlaceGrain LobbyGrain => _city.Grains.Place(Lobby);

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task A_place_that_was_asked_for_too_early_has_a_notice_when_it_is_registered()
    {
        var corner = _city.Grains.Place("corner");
        Assert.Null(await corner.Describe());
        var place = new Place("corner", "Corner", "3 Main St", "the corner");
        await _city.Memory.Places.RegisterAsync(place, Act(), Cancellation);
        await corner.MarkDevicesChanged();
        Assert.Equal("Corner", (await corner.Describe())!.Content.Name);
        Assert.Contains(_city.Memory.Issued, notice => notice.Place == "corner");
    }

    [Fact]
    public async Task A_preview_of_another_name_signs_nothing_and_the_change_signs_a_notice()
    {
        var before = (await LobbyGrain.Describe())!;
        var renamed = before.Place with { Name = "Main lobby" };
        var preview = (await LobbyGrain.PreviewPlace(renamed))!;
        Assert.Equal(("Lobby", "Main lobby"), (preview.Now.Name, preview.Then.Name));
        Assert.Equal(before.Notice.Hash, (await LobbyGrain.Describe())!.Notice.Hash);

        await ChangeAsync(renamed);
        var after = (await LobbyGrain.Describe())!;
        Assert.Equal(("Main lobby", before.Notice.Sequence + 1), (after.Content.Name, after.Notice.Sequence));
    }

    [Fact]
    public async Task A_retired_place_has_no_notice_and_signs_none_until_it_is_brought_back()
    {
        var place = (await LobbyGrain.Describe())!.Place;
        await ChangeAsync(place with { IsRetired = true });
        Assert.Null(await LobbyGrain.Describe());
        Assert.Null(await LobbyGrain.PreviewPlace(place));
        var issued = _city.Memory.Issued.Length;
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        await LobbyGrain.Recompose();
        Assert.Equal(issued, _city.Memory.Issued.Length);

        await ChangeAsync(place);
        Assert.Equal("Lobby", (await LobbyGrain.Describe())!.Content.Name);
    }

    [Fact]
    public async Task The_watchers_of_a_place_hear_that_a_screen_was_moved_away_from_it()
    {
        await LobbyGrain.Describe();
        var watcher = new Watcher();
        await LobbyGrain.Watch(_city.Grains.CreateObjectReference<INoticeWatcher>(watcher));
        _city.Memory.Kiosks = [new Kiosk("kiosk-1", Gate)];
        await LobbyGrain.MarkDevicesChanged();
        Assert.Empty((await LobbyGrain.Describe())!.Kiosks);
        Assert.Equal(Lobby, await watcher.Heard.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    private static RegisterAct Act() => new(Attribution.Registry, "why", SmallCityTime);

    private static DateTimeOffset SmallCityTime { get; } = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);

    private async Task ChangeAsync(Place place)
    {
        var latest = (await _city.Memory.Places.FindAsync(place.Id, null, Cancellation))!;
        Assert.True((await _city.Memory.Places.ChangeAsync(place, latest.Number, Act(), Cancellation)).IsDone);
        await _city.Grains.Place(place.Id).MarkDevicesChanged();
    }

    private sealed class Watcher : INoticeWatcher
    {
        public TaskCompletionSource<string> Heard { get; } = new();

        public Task NoticeChanged(string place, long sequence)
        {
            Heard.TrySetResult(place);
            return Task.CompletedTask;
        }
    }
}
