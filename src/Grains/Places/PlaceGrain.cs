using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>
/// A place keeps its notice true: on every change of a covering device, and every few seconds by asking for itself, it composes;
/// what says something new is numbered, signed and remembered before anybody is told. A notice that could not be brought up to date
/// is not handed out, so that no screen confirms it.
/// </summary>
[GrainType("place")]
[KeepAlive]
internal sealed class PlaceGrain(
    IPlaceRegister places,
    IDeviceRegister devices,
    INoticeRegister notices,
    NoticeKey key,
    PublicAddress address,
    TimeProvider time,
    ILogger<PlaceGrain> logger
) : Grain, IPlaceGrain
{
    /// <summary>How often the place asks for itself what is known of its devices, and which day it is.</summary>
    private static readonly TimeSpan RepairEvery = TimeSpan.FromSeconds(10);

    /// <summary>How often a notice is numbered anew when another writer was first.</summary>
    private const int MaxAttempts = 3;

    private readonly Dictionary<string, DeviceObservation> _last = [];
    private readonly Dictionary<string, KioskDescription> _kiosks = [];
    private readonly Dictionary<INoticeWatcher, DateTimeOffset> _watchers = [];
    private Place? _place;
    private ImmutableArray<Device> _devices = [];
    private SignedNotice? _notice;
    private NoticeContent? _content;
    private bool _isCurrent,
        _mustReload;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        _place = (await places.PlacesAsync(cancellationToken)).FirstOrDefault(place => place.Id == id);
        if (_place is null)
            return;
        foreach (var kiosk in (await places.KiosksAsync(cancellationToken)).Where(kiosk => kiosk.Place == id))
            _kiosks[kiosk.Id] = new KioskDescription(kiosk, null, null);
        _devices = await devices.ListAsync(new DeviceFilter(Place: id), null, int.MaxValue, cancellationToken);
        _notice = await notices.LatestAsync(id, cancellationToken);
        await Repair(cancellationToken);
        this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(RepairEvery, RepairEvery) { KeepAlive = true });
    }

    public async Task RecordObservation(DeviceObservation observation)
    {
        if (_place is null)
            return;
        _last[observation.DeviceId] = observation;
        await BringUpToDate();
    }

    public async Task<PlaceDescription?> Describe()
    {
        if (_place is null)
            return null;
        await Read();
        if (!_isCurrent)
            await BringUpToDate();
        return new PlaceDescription(_place, [.. _kiosks.Values], Covering(), _notice!, _content!);
    }

    public async Task<NoticePreview?> Preview(GovernanceSnapshot governance, DateOnly day)
    {
        if (_place is null)
            return null;
        var current = await GrainFactory.Governance();
        return new NoticePreview(
            _place,
            [.. _kiosks.Values],
            NoticeComposer.Compose(_place, Covering(), current, day, address.Url),
            NoticeComposer.Compose(_place, Covering(), governance, day, address.Url)
        );
    }

    public Task Watch(INoticeWatcher watcher)
    {
        _watchers[watcher] = time.GetUtcNow().AddSeconds(IPlaceGrain.WatchSeconds);
        return Task.CompletedTask;
    }

    public Task Recompose() => _place is null ? Task.CompletedTask : BringUpToDate();

    public Task MarkDevicesChanged()
    {
        if (_place is null || _mustReload)
            return Task.CompletedTask;
        _mustReload = true;
        // In its turn, when what is being done is done: of a thousand devices that are registered at once most come in this while.
        this.AsReference<IPlaceGrain>().ReloadDevices().Ignore();
        return Task.CompletedTask;
    }

    public Task ReloadDevices() => Read();

    /// <summary>Reads the place's devices, if the register changed since they were read.</summary>
    private async Task Read()
    {
        if (!_mustReload)
            return;
        (_mustReload, _isCurrent) = (false, false); // What is registered from here on is read next.
        try
        {
            _devices = await devices.ListAsync(new DeviceFilter(Place: _place!.Id), null, int.MaxValue, CancellationToken.None);
        }
        catch
        {
            _mustReload = true;
            throw;
        }

        await Repair(CancellationToken.None);
    }

    public Task RecordKioskRequest(string kioskId, string? shownHash)
    {
        if (_kiosks.TryGetValue(kioskId, out var kiosk))
            _kiosks[kioskId] = kiosk with { LastSeenAt = time.GetUtcNow(), ShownHash = shownHash };
        return Task.CompletedTask;
    }

    private async Task Tick(CancellationToken cancellationToken)
    {
        await Read();
        await Repair(cancellationToken);
    }

    private async Task Repair(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_devices.Select(ReadObservation));
        await BringUpToDate();
    }

    private async Task ReadObservation(Device device)
    {
        try
        {
            if (await GrainFactory.Device(device.Id).LastObservation() is { } last)
                _last[device.Id] = last;
        }
        catch (Exception failure)
        {
            // Whatever the reason: the registry cannot see the device now, and says so.
            logger.LogWarning(
                "Place {Place} cannot see device {Device} ({Reason}); its notice calls it unknown.",
                _place!.Id,
                device.Id,
                failure.Message
            );
            if (_last.TryGetValue(device.Id, out var last))
                _last[device.Id] = new CoveringDevice(device, last).Unseen().Last!;
        }
    }

    private ImmutableArray<CoveringDevice> Covering() =>
        [.. _devices.Select(device => new CoveringDevice(device, _last.GetValueOrDefault(device.Id)))];

    private async Task BringUpToDate()
    {
        _isCurrent = false;
        var governance = await GrainFactory.Governance();
        var now = time.GetUtcNow();
        var content = NoticeComposer.Compose(_place!, Covering(), governance, governance.City.DayAt(now), address.Url);
        for (
            var attempt = 1;
            _notice is null || _notice.ContentHash != NoticePayload.ContentHash(content) || !key.Verifies(_notice);
            attempt++
        )
        {
            var sequence = (_notice?.Sequence ?? 0) + 1;
            var issued = SignedNotice.Sign(
                content,
                NoticePayload.Write(content, governance, sequence, now, await notices.LedgerSizeAsync(CancellationToken.None)),
                sequence,
                now,
                key
            );
            if (await notices.AppendAsync(issued, CancellationToken.None))
            {
                _notice = issued;
                await NotifyWatchers(issued.Sequence);
            }
            else if (attempt < MaxAttempts)
            {
                _notice = await notices.LatestAsync(_place!.Id, CancellationToken.None);
            }
            else
            {
                throw new InvalidOperationException(
                    $"The notice of place {_place!.Id} could not be numbered in {MaxAttempts} attempts: another writer was first each time."
                );
            }
        }

        _content = content;
        _isCurrent = true;
    }

    private async Task NotifyWatchers(long sequence)
    {
        var now = time.GetUtcNow();
        foreach (var expired in _watchers.Where(watcher => watcher.Value < now).Select(watcher => watcher.Key).ToArray())
            _watchers.Remove(expired);
        await Task.WhenAll(_watchers.Keys.Select(watcher => NotifyWatcher(watcher, sequence)));
    }

    private async Task NotifyWatcher(INoticeWatcher watcher, long sequence)
    {
        try
        {
            await watcher.NoticeChanged(_place!.Id, sequence);
        }
        catch (Exception failure)
        {
            // A hint that is lost costs nothing but time: screens ask by themselves.
            logger.LogDebug(failure, "A watcher of place {Place} is gone.", _place!.Id);
            _watchers.Remove(watcher);
        }
    }
}
