using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>
/// What a small city remembers, for tests of the grains alone: the ports with bodies in memory, and a signal for every change, so that
/// tests wait for what happened and never for time. The bodies on PostgreSQL are tested in Postgres.Tests and Journeys.Tests.
/// </summary>
internal sealed class InMemoryRegisters(Opening opening)
    : IPolicyRegister,
        IDeviceRegister,
        IHeartbeatLog,
        IObservationRegister,
        IObservedPeriodRegister,
        IExpectedStateRegister,
        IPlaceRegister,
        INoticeRegister,
        IChangeRegister
{
    private readonly Lock _gate = new();
    private readonly List<Heartbeat> _heartbeats = [];
    private readonly List<DeviceObservation> _observations = [];
    private readonly List<SignedNotice> _notices = [];
    private readonly List<PolicyRevision> _revisions =
    [
        .. opening.Governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Opened, i, null)),
    ];
    private readonly List<ChangeRequest> _requests = [];
    private readonly List<RecordedTransition> _switches = [];
    private readonly SortedDictionary<DateOnly, ImmutableArray<EffectiveTransition>> _days = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the register was opened: long before any test.</summary>
    public static DateTimeOffset Opened { get; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The days that were written down, and what took effect with each.</summary>
    public ImmutableArray<(DateOnly Day, ImmutableArray<EffectiveTransition> Switches)> Days
    {
        get
        {
            lock (_gate)
                return [.. _days.Select(day => (day.Key, day.Value))];
        }
    }

    /// <summary>When set, nothing can be remembered: the database is out of reach.</summary>
    public bool IsOutOfReach { get; set; }

    /// <summary>What waits while a test holds back names, observations or notices; each is let go by itself.</summary>
    public Hold Names { get; } = new();

    public Hold Observations { get; } = new();

    /// <summary>As if an import held the ledger's head.</summary>
    public Hold Notices { get; } = new();

    /// <summary>How many changes were refused because somebody else has the partition.</summary>
    public int Refused { get; private set; }

    /// <summary>How often the devices of a place were read.</summary>
    public int ReadsOfPlaces { get; private set; }

    public ImmutableArray<DeviceObservation> Remembered
    {
        get
        {
            lock (_gate)
                return [.. _observations];
        }
    }

    public ImmutableArray<SignedNotice> Issued
    {
        get
        {
            lock (_gate)
                return [.. _notices];
        }
    }

    /// <summary>Waits until what is remembered is as described.</summary>
    public async Task Until(Func<InMemoryRegisters, bool> isSo)
    {
        for (; ; )
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (isSo(this))
                return;
            await changed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
    }

    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<ImmutableArray<OpeningFile>> OpeningFilesAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Files);

    public Task<ImmutableArray<PolicyRevision>> RevisionsAsync(long entry, CancellationToken cancellationToken) =>
        Task.FromResult(_revisions.Where(revision => revision.Entry > entry).ToImmutableArray());

    public Task<DateOnly?> LastDayAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_days.Count == 0 ? (DateOnly?)null : _days.Keys.Max());

    public Task<bool> TurnDayAsync(
        DateOnly day,
        ImmutableArray<EffectiveTransition> switches,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        Remember(() =>
        {
            _days.Add(day, switches);
            foreach (var one in switches)
                _switches.Add(new RecordedTransition(NextEntry, at, day, one));
        });
        return Task.FromResult(true);
    }

    public Task<ImmutableArray<RecordedTransition>> SwitchesAsync(long before, int most, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(
                _switches.Where(one => one.Entry < before).OrderByDescending(one => one.Entry).Take(most).ToImmutableArray()
            );
    }

    /// <summary>Entries are shared by everything that is recorded.</summary>
    private long NextEntry => _revisions.Count + _switches.Count;

    public Task<ChangeRequest> DraftAsync(Proposal proposal, Attribution author, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var request = new ChangeRequest(_requests.Count + 1, 1, ChangeState.Draft, author, at, null, null, null, proposal, []);
        Remember(() => _requests.Add(request));
        return Task.FromResult(request);
    }

    public Task<ChangeRequest?> ActAsync(
        ChangeRequest before,
        ChangeRequest after,
        ChangeAct act,
        Attribution by,
        string? note,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        Remember(() =>
        {
            _requests[(int)before.Id - 1] = after;
            foreach (var proposed in act == ChangeAct.Approved ? after.Proposal.Documents : [])
                _revisions.Add(new PolicyRevision(proposed.Document, proposed.Base + 1, 0, at, NextEntry, before.Id));
        });
        return Task.FromResult<ChangeRequest?>(after);
    }

    public Task<ChangeRequest?> FindAsync(long id, CancellationToken cancellationToken) =>
        Task.FromResult(_requests.ElementAtOrDefault((int)id - 1));

    public Task<ImmutableArray<ChangeRequest>> ListAsync(ChangeState? state, long? before, int most, CancellationToken cancellationToken) =>
        Task.FromResult(_requests.ToImmutableArray());

    /// <summary>The devices, numbered as a register numbers them.</summary>
    public ImmutableArray<Device> Devices { get; private set; } =
    [.. opening.Devices.Select((device, i) => device with { Number = i + 1 })];

    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => Task.FromResult(Devices);

    public Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(Devices.FirstOrDefault(device => device.Id == deviceId));

    public Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Devices.Select(device => Device.PartitionOf(device.Number)).Distinct().ToImmutableArray());

    public Task<ImmutableArray<PresenceSettings>> PresenceSettingsAsync(int partition, int? number, CancellationToken cancellationToken) =>
        Task.FromResult(
            Devices
                .Where(device => Device.PartitionOf(device.Number) == partition && (number is null || device.Number == number))
                .Select(device => new PresenceSettings(device.Number, device.Kind, device.OwnDeadlineSeconds))
                .ToImmutableArray()
        );

    public async Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken)
    {
        await Names.PassAsync();
        return Devices.Where(device => numbers.Contains(device.Number)).ToImmutableDictionary(device => device.Number, device => device.Id);
    }

    public Task<bool> ForgetEpochAsync(
        string deviceId,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => Task.FromResult(true);

    public Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(
            _acts
                .Where(act => act.At <= at)
                .GroupBy(act => act.Device.Id)
                .Select(acts => acts.Last().Device)
                .Where(device => device.Lifecycle != Lifecycle.Removed)
                .GroupBy(device => (device.Fleet, device.Kind, device.Department))
                .Select(fleet => new RegisteredFleet(fleet.Key.Fleet!, fleet.Key.Kind, fleet.Key.Department, fleet.Count()))
                .OrderBy(fleet => fleet.Id, StringComparer.Ordinal)
                .ToImmutableArray()
        );

    public Task<ImmutableArray<NamedFleet>> FleetsNamedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult(
            _acts
                .GroupBy(act => new NamedFleet(act.Device.Fleet!, act.Device.Technology))
                .Where(acts => acts.First().At > since)
                .Select(acts => acts.Key)
                .ToImmutableArray()
        );

    public Task<ImmutableArray<MobileAct>> ActsAsync(string deviceId, long? before, int most, CancellationToken cancellationToken) =>
        Task.FromResult(
            _acts
                .Where(act => act.Device.Id == deviceId)
                .Select(
                    (act, i) =>
                        new MobileAct(
                            i + 1,
                            act.At,
                            act.Act,
                            act.By,
                            act.Device.Fleet!,
                            act.Device.Department,
                            act.Device.Lifecycle,
                            $$"""{"reason":"{{act.Reason}}"}"""
                        )
                )
                .Reverse()
                .ToImmutableArray()
        );

    private readonly List<(Device Device, DateTimeOffset At, string Act, Attribution By, string Reason)> _acts =
    [
        .. opening
            .Devices.Where(device => device.Fleet is not null)
            .Select(device => (device, Opened, "device-registered", Attribution.Registry, "")),
    ];
    private readonly Dictionary<string, int> _versions = [];

    public Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult<int?>(_versions.GetValueOrDefault(deviceId, 1));

    public Task<ImmutableArray<Device>> ListAsync(DeviceFilter filter, string? after, int most, CancellationToken cancellationToken)
    {
        if (filter.Place is not null)
            ReadsOfPlaces++;
        return Task.FromResult(
            Devices
                .Where(device =>
                    device.Fleet is not null == filter.IsMobile
                    && (after is null || string.CompareOrdinal(device.Id, after) > 0)
                    && (filter.Place is null || device.Place == filter.Place)
                    && (filter.Fleet is null || device.Fleet == filter.Fleet)
                    && (filter.Kind is null || device.Kind == filter.Kind)
                    && (filter.Gateway is null || device.Gateway == filter.Gateway)
                    && (filter.Search is null || device.Id.Contains(filter.Search, StringComparison.Ordinal))
                )
                .OrderBy(device => device.Id, StringComparer.Ordinal)
                .Take(most)
                .ToImmutableArray()
        );
    }

    public Task<Outcome<Device>> RegisterAsync(
        Device device,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (Devices.Any(other => other.Id == device.Id))
            return Task.FromResult<Outcome<Device>>(new Refusal("taken", $"'{device.Id}' is registered already.", "id"));
        var registered = device with { Number = Devices.Length + 1 };
        Remember(() => (Devices, _) = (Devices.Add(registered), Acted(registered, at, "device-registered", by, reason)));
        return Task.FromResult<Outcome<Device>>(registered);
    }

    public Task<Outcome<Device>> ChangeAsync(
        Device device,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (_versions.GetValueOrDefault(device.Id, 1) != version)
            return Task.FromResult<Outcome<Device>>(new Refusal("stale", $"Device '{device.Id}' was changed meanwhile."));
        var before = Devices.First(other => other.Id == device.Id);
        var changed = device with { Number = before.Number };
        Remember(() =>
            (Devices, _versions[device.Id], _) = (
                Devices.Replace(before, changed),
                version + 1,
                Acted(changed, at, "device-changed", by, reason)
            )
        );
        return Task.FromResult<Outcome<Device>>(changed);
    }

    private int Acted(Device device, DateTimeOffset at, string act, Attribution by, string reason)
    {
        if (device.Fleet is not null)
            _acts.Add((device, at, act, by, reason));
        return _acts.Count;
    }

    public Task<Outcome<object>> ImportAsync(
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask AppendAsync(LogWrite delivery)
    {
        Keep(delivery.Heartbeat!);
        delivery.Complete(WriteResult.Durable);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes a heartbeat durable, as the inlet does before anybody is told.</summary>
    public void Keep(Heartbeat heartbeat) => Remember(() => _heartbeats.Add(heartbeat));

    Task<ImmutableArray<Heartbeat>> IHeartbeatLog.LatestAsync(int partition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(
                _heartbeats
                    .Where(heartbeat => Device.PartitionOf(heartbeat.Number) == partition)
                    .GroupBy(heartbeat => heartbeat.DeviceId)
                    .Select(heartbeats => heartbeats.MaxBy(heartbeat => (heartbeat.Epoch, heartbeat.Seq))!)
                    .ToImmutableArray()
            );
        }
    }

    /// <summary>Who keeps the partitions: a test that counts it up takes all of them away from whoever has them.</summary>
    public long Owner { get; set; } = 1;

    public Task<long> TakeAsync(int partition, CancellationToken cancellationToken) => Task.FromResult(Owner);

    public async Task<bool> AppendAsync(
        DeviceObservation observation,
        DateTimeOffset at,
        int partition,
        long owner,
        CancellationToken cancellationToken
    )
    {
        await Observations.PassAsync();
        if (owner != Owner)
        {
            Remember(() => Refused++);
            return false;
        }

        Remember(() => _observations.Add(observation));
        return true;
    }

    Task<ImmutableArray<(int Number, DeviceObservation Observation)>> IObservationRegister.LatestAsync(
        int partition,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            return Task.FromResult(
                _observations
                    .GroupBy(observation => observation.DeviceId)
                    .Select(observations => (Devices.First(device => device.Id == observations.Key).Number, observations.Last()))
                    .Where(last => Device.PartitionOf(last.Number) == partition)
                    .ToImmutableArray()
            );
        }
    }

    public Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(Remembered.LastOrDefault(observation => observation.DeviceId == deviceId));

    public Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        IsOutOfReach ? throw new IOException("The database is out of reach.") : Task.FromResult(1L);

    public Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken) => BeginAsync(at, cancellationToken);

    private readonly Dictionary<string, List<ExpectedStateDraft>> _expected = [];

    Task<long> IExpectedStateRegister.RegisterVersionAsync(CancellationToken cancellationToken) => Task.FromResult(1L);

    Task<ImmutableArray<DeviceGroup>> IExpectedStateRegister.GroupsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            Devices
                .Select(device => new DeviceGroup(device.Kind, device.Department, device.Sensors, device.Lifecycle == Lifecycle.Active))
                .ToImmutableArray()
        );

    Task<int> IExpectedStateRegister.RecordAsync(
        DeviceGroup likeness,
        ExpectedStateDraft expectation,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            foreach (var device in Devices.Where(device => device.Kind == likeness.Kind))
            {
                if (!_expected.TryGetValue(device.Id, out var versions))
                    _expected[device.Id] = versions = [];
                if (
                    versions.LastOrDefault() is not { } last
                    || last.Capture != expectation.Capture
                    || !last.Rules.SequenceEqual(expectation.Rules)
                )
                    versions.Add(expectation);
            }
        }

        return Task.FromResult(1);
    }

    Task<ExpectedState?> IExpectedStateRegister.FindAsync(string deviceId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(
                _expected.TryGetValue(deviceId, out var versions)
                    ? new ExpectedState(versions.Count, versions[^1].Capture, versions[^1].Rules)
                    : null
            );
    }

    Task<ImmutableArray<(long Entry, string DeviceId)>> IExpectedStateRegister.ListAfterAsync(
        long afterEntry,
        int most,
        CancellationToken cancellationToken
    ) => Task.FromResult(ImmutableArray<(long, string)>.Empty);

    Task<long> IExpectedStateRegister.LastEntryAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

    public Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Places);

    public Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken) => Task.FromResult(opening.Kiosks);

    public Task<SignedNotice?> LatestAsync(string place, CancellationToken cancellationToken) =>
        Task.FromResult(Issued.LastOrDefault(notice => notice.Place == place));

    public Task<SignedNotice?> AtAsync(string place, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(Issued.LastOrDefault(notice => notice.Place == place && notice.IssuedAt <= at));

    public async Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken)
    {
        await Notices.PassAsync();
        if (Issued.Any(other => other.Place == notice.Place && other.Sequence == notice.Sequence))
            return false;
        Remember(() => _notices.Add(notice));
        return true;
    }

    IAsyncEnumerable<SignedNotice> INoticeRegister.AllAsync(CancellationToken cancellationToken) => Issued.ToAsyncEnumerable();

    public Task<long> LedgerSizeAsync(CancellationToken cancellationToken) => Task.FromResult(NextEntry);

    private void Remember(Action remember)
    {
        if (IsOutOfReach)
            throw new IOException("The database is out of reach.");
        TaskCompletionSource changed;
        lock (_gate)
        {
            remember();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}

/// <summary>Where whoever wants to remember something waits while a test holds it shut.</summary>
internal sealed class Hold
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _open = Open();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    public void Shut() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _open.TrySetResult();

    /// <summary>Waits until so many wait.</summary>
    public async Task Until(int waiting)
    {
        for (; ; )
        {
            Task changed;
            lock (_gate)
            {
                if (_waiting >= waiting)
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The most that ever waited.</summary>
    public int MostWaiting { get; private set; }

    public async Task PassAsync()
    {
        var open = _open.Task;
        if (open.IsCompleted)
            return;
        Count(1);
        await open;
        Count(-1);
    }

    private void Count(int more)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _waiting += more;
            MostWaiting = Math.Max(MostWaiting, _waiting);
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
