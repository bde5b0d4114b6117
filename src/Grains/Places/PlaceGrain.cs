using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>
/// Keeps the notice of one place up to date. It composes the notice on every change of a covering device, and every few seconds by itself.
/// A notice that says something new is numbered, signed and recorded before anything is notified. A notice that could not be brought up to
/// date is not returned, so that no kiosk confirms it.
/// </summary>
[GrainType("place")]
[KeepAlive]
internal sealed class PlaceGrain(
    IPlaceRegister places,
    IDeviceRegister devices,
    IFleetBaseRegister fleets,
    IWithdrawalRegister withdrawals,
    INoticeRegister notices,
    NoticeKey key,
    PublicAddress address,
    IngestHealthMonitor health,
    TimeProvider time,
    ILogger<PlaceGrain> logger
) : Grain, IPlaceGrain
{
    /// <summary>How often the place asks for the state of its devices, in case a notification was lost, and whether a day began.</summary>
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(10);

    /// <summary>How often the place reads what can be public of its fleets by now.</summary>
    private static readonly TimeSpan ReadFleetsEvery = TimeSpan.FromMinutes(1);

    /// <summary>How often a notice is numbered again because another writer took the number.</summary>
    private const int MaxAttempts = 3;

    private readonly PlaceReader _register = new(places, devices, withdrawals);
    private readonly Dictionary<string, DeviceObservation> _last = [];
    private readonly NoticeWatchers _watchers = new(logger);
    private Place? _place;
    private ImmutableArray<Kiosk> _kiosks = [];
    private ImmutableArray<Device> _devices = [];
    private ImmutableArray<PlaceFleet> _fleets = [];
    private DateTimeOffset _fleetsReadAt;
    private ImmutableDictionary<string, DeviceWithdrawals> _withdrawals = ImmutableDictionary<string, DeviceWithdrawals>.Empty;
    private SignedNotice? _notice;
    private long _firstSequence = 1;
    private NoticeContent? _content;
    private bool _isCurrent;
    private bool _mustReload;

    private string Id => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await ReadRegister(cancellationToken);
        _notice = await notices.LatestAsync(Id, cancellationToken);
        _firstSequence = await notices.FirstSequenceAsync(cancellationToken);
        if (_place is not null)
            await Refresh();
        this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(RefreshEvery, RefreshEvery) { KeepAlive = true });
    }

    public async Task RecordObservation(DeviceObservation observation)
    {
        if (_place is null)
            return;
        if (_devices.All(device => device.Id != observation.DeviceId))
            await MarkDevicesChanged(); // Of a device that the place does not know, a notification was lost.
        _last[observation.DeviceId] = observation;
        await UpdateNotice();
    }

    public async Task<PlaceDescription?> Describe()
    {
        await ReloadDevices();
        if (_place is null)
            return null;
        if (!_isCurrent || MayBeOutdated())
            await Refresh();
        return new PlaceDescription(_place, _kiosks, Covering(), _notice!, _content!) { Fleets = _fleets };
    }

    public async Task<NoticePreview?> Preview(GovernanceSnapshot governance, DateOnly day) =>
        _place is null ? null : Preview(_place, _fleets, await GrainFactory.Governance(), governance, day);

    public Task<NoticePreview?> PreviewPlace(Place place) => PreviewRegister(place, _fleets);

    public Task<NoticePreview?> PreviewFleets(ImmutableArray<PlaceFleet> fleets) => PreviewRegister(_place, fleets);

    public Task Watch(INoticeWatcher watcher)
    {
        _watchers.Add(watcher, time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task Recompose() => _place is null ? Task.CompletedTask : UpdateNotice();

    public Task MarkDevicesChanged()
    {
        if (_mustReload)
            return Task.CompletedTask;
        _mustReload = true;
        // A message to itself runs after the current work. Of a thousand devices registered at once, most are marked by then.
        this.AsReference<IPlaceGrain>().ReloadDevices().Ignore();
        return Task.CompletedTask;
    }

    public async Task ReloadDevices()
    {
        if (!_mustReload)
            return;
        // Before the read: a device that is registered during it marks the place again.
        _mustReload = false;
        _isCurrent = false;
        var kiosks = _kiosks;
        try
        {
            await ReadRegister(CancellationToken.None);
        }
        catch
        {
            _mustReload = true;
            throw;
        }

        if (_place is not null)
            await Refresh();
        // A screen that was moved away or retired has to ask again which notice it shows, although this one is the same.
        if (!kiosks.SequenceEqual(_kiosks) && _notice is { } notice)
            await _watchers.NotifyAsync(Id, notice.Sequence, time.GetUtcNow());
    }

    /// <summary>
    /// Whether a device may have fallen silent without a notification: one is sent only after the change was recorded, which the registry
    /// cannot do during an outage.
    /// </summary>
    private bool MayBeOutdated()
    {
        var now = time.GetUtcNow();
        return health.CannotObserve
            || _devices.Any(device =>
                _last.GetValueOrDefault(device.Id) is { IsHeard: true } last
                && now - last.LastHeardAt > TimeSpan.FromSeconds(device.DeadlineSeconds)
            );
    }

    private async Task Tick(CancellationToken cancellationToken)
    {
        // Until this pass has ended, nothing says that the notice is up to date: what fails here, the next question repeats.
        _isCurrent = false;
        await ReloadDevices();
        if (_place is null)
            return;
        await Refresh();
        if (time.GetUtcNow() - _fleetsReadAt < ReadFleetsEvery)
            return;
        _isCurrent = false;
        await ReadFleets(cancellationToken);
        await UpdateNotice();
    }

    private async Task ReadFleets(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        _fleets = await fleets.FindAsync(Id, now - PlaceFleet.Delay, cancellationToken);
        _fleetsReadAt = now;
    }

    /// <summary>Asks for the state of every device and brings the notice up to date.</summary>
    private async Task Refresh()
    {
        await Task.WhenAll(_devices.Select(ReadObservation));
        await UpdateNotice();
    }

    /// <summary>Reads the place with everything that its notice is composed from. A retired place has no notice.</summary>
    private async Task ReadRegister(CancellationToken cancellationToken)
    {
        var registered = await _register.ReadAsync(Id, cancellationToken);
        if (registered is not null)
            await ReadFleets(cancellationToken);
        _place = registered?.Place;
        (_kiosks, _devices, _withdrawals) = registered is null
            ? ([], [], ImmutableDictionary<string, DeviceWithdrawals>.Empty)
            : (registered.Kiosks, registered.Devices, registered.Withdrawals);
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
            logger.LogWarning(
                "Place {Place} cannot read the state of device {FixedDevice} ({Reason}); its notice calls the device unknown.",
                Id,
                device.Id,
                failure.Message
            );
            if (_last.TryGetValue(device.Id, out var last))
                _last[device.Id] = new CoveringDevice(device, last).AsUnobserved().Last!;
        }
    }

    private ImmutableArray<CoveringDevice> Covering() =>
        [
            .. _devices.Select(device => new CoveringDevice(device, _last.GetValueOrDefault(device.Id))
            {
                Withdrawals = _withdrawals.GetValueOrDefault(device.Id),
            }),
        ];

    /// <summary>The notice as it is now, and as it would be if the register said this.</summary>
    private async Task<NoticePreview?> PreviewRegister(Place? place, ImmutableArray<PlaceFleet> working)
    {
        var governance = await GrainFactory.Governance();
        return _place is null ? null : Preview(place!, working, governance, governance, governance.City.DayAt(time.GetUtcNow()));
    }

    private NoticePreview Preview(
        Place place,
        ImmutableArray<PlaceFleet> working,
        GovernanceSnapshot now,
        GovernanceSnapshot then,
        DateOnly day
    ) => new(_place!, _kiosks, Compose(_place!, _fleets, now, day), Compose(place, working, then, day));

    private NoticeContent Compose(Place place, ImmutableArray<PlaceFleet> working, GovernanceSnapshot governance, DateOnly day) =>
        NoticeComposer.Compose(place, Covering(), governance, day, address.Url, working);

    private async Task UpdateNotice()
    {
        _isCurrent = false;
        var governance = await GrainFactory.Governance();
        var now = time.GetUtcNow();
        var content = Compose(_place!, _fleets, governance, governance.City.DayAt(now));
        for (var attempt = 1; !IsInForce(content); attempt++)
        {
            var issued = await Sign(content, governance, now);
            if (await notices.AppendAsync(issued, CancellationToken.None))
            {
                _notice = issued;
                await _watchers.NotifyAsync(Id, issued.Sequence, time.GetUtcNow());
            }
            else if (attempt < MaxAttempts)
            {
                _notice = await notices.LatestAsync(Id, CancellationToken.None);
            }
            else
            {
                throw new InvalidOperationException(
                    $"The notice of place {Id} could not be numbered in {MaxAttempts} attempts: another writer was first each time."
                );
            }
        }

        _content = content;
        _isCurrent = true;
    }

    /// <summary>
    /// True if the last notice says the same, was signed with the current key, and was issued after the last restoration: screens may have
    /// seen a later one that the backup does not hold.
    /// </summary>
    private bool IsInForce(NoticeContent content) =>
        _notice is not null
        && _notice.Sequence >= _firstSequence
        && _notice.ContentHash == NoticePayload.ContentHash(content)
        && key.Verifies(_notice);

    private async Task<SignedNotice> Sign(NoticeContent content, GovernanceSnapshot governance, DateTimeOffset now)
    {
        var sequence = Math.Max((_notice?.Sequence ?? 0) + 1, _firstSequence);
        var ledgerSize = await notices.LedgerSizeAsync(CancellationToken.None);
        return SignedNotice.Sign(content, NoticePayload.Write(content, governance, sequence, now, ledgerSize), sequence, now, key);
    }
}
