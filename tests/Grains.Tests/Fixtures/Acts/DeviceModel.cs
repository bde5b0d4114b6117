using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>One message of a device, in the order in which the registry received them.</summary>
/// <param name="Era">Grows when a clerk lets the device start a new sequence.</param>
/// <param name="Report">What it names; empty when it could not be read.</param>
internal sealed record DeviceMessage(
    bool IsAccepted,
    int Era,
    long Epoch,
    long Seq,
    long Session,
    CaptureReport Report,
    bool ProvesLife,
    DateTimeOffset At
)
{
    /// <summary>Whether it was the newest heartbeat when it came.</summary>
    public bool WasNewest { get; init; }

    public (int, long, long) Order => (Era, Epoch, Seq);
}

/// <summary>
/// All that is known of one device, as plain lists: what it said, what the register said, what persons confirmed. It is slow and short, so
/// that it is seen to be right.
/// </summary>
internal sealed class DeviceModel(Device device)
{
    private readonly List<DeviceMessage> _messages = [];
    private readonly Dictionary<string, CaptureSet> _left = [];
    private readonly Dictionary<string, DateTimeOffset> _confirmedAt = [];
    private CaptureSet _had = device.IsInstalled ? CaptureSet.From(device.Sensors) : default;
    private CaptureSet _named;
    private DateTimeOffset? _knockedAt;
    private DateTimeOffset? _lifeAt;
    private bool _isEnded;
    private int _spokenFrom;
    private int _olderInARow;
    private DeviceMessage? _recorded;

    /// <summary>The device as it is registered.</summary>
    public Device Device { get; private set; } = device;

    public int Era { get; set; }

    public long Epoch { get; set; } = 10;

    public long Seq { get; set; }

    public long Session { get; set; } = 1;

    /// <summary>How often it was heard again after it was not.</summary>
    public int Returns { get; private set; }

    public DeviceMessage? Newest => _messages.Where(message => message.IsAccepted).MaxBy(message => message.Order);

    /// <summary>Whether the last heartbeat is within the deadline, and nothing ended it since.</summary>
    public bool IsHeard(DateTimeOffset now) => !_isEnded && _lifeAt is { } at && now - at <= TimeSpan.FromSeconds(Device.DeadlineSeconds);

    public void Receive(DeviceMessage message)
    {
        var isNewest = message.IsAccepted && (Newest is not { } newest || message.Order.CompareTo(newest.Order) > 0);
        CountOlder(message, isNewest);
        _messages.Add(message with { WasNewest = isNewest });
        _named = _named.Union(CaptureSet.From(message.Report.Captures.Except(Device.Sensors)));
        if (!isNewest || !message.ProvesLife)
            return;
        if (_lifeAt is not null && !IsHeard(message.At))
            Returns++;
        (_lifeAt, _isEnded) = (message.At, false);
    }

    /// <summary>The session broke, or the registry started anew: until the next heartbeat the device is not heard.</summary>
    public void End() => _isEnded = true;

    public void Knock(DateTimeOffset at) => _knockedAt = at;

    /// <summary>The mode of a capture, if it is certain: the newest heartbeat names it, and no message that may be newer differs.</summary>
    public Mode? Certain(Capture capture, DateTimeOffset now)
    {
        if (!IsHeard(now) || Newest is not { } newest || newest.Report[capture] is not { } mode)
            return null;
        var after = _messages.Skip(_messages.IndexOf(newest) + 1);
        var newer = Spoken.Where(message => message.Session > newest.Session && !IsSuperseded(message));
        return after.Concat(newer).All(message => message.Report[capture] == mode) ? mode : null;
    }

    /// <summary>
    /// Whether the device spoke on a newer session than that of its newest heartbeat. The registry may know less for certain then.
    /// </summary>
    public bool IsOrderInDoubt => Newest is { } newest && _messages.Any(message => message.Session > newest.Session);

    /// <summary>The messages whose sessions are known.</summary>
    private IEnumerable<DeviceMessage> Spoken => _messages.Where((message, i) => i >= _spokenFrom || message == _recorded);

    /// <summary>The grains are lost. Of the sessions on which the device spoke, only that of its newest heartbeat is recorded.</summary>
    public void ForgetSessions() => (_spokenFrom, _recorded, _olderInARow) = (_messages.Count, Newest, 0);

    /// <summary>After several heartbeats in a row on an older session the device is taken to use that one.</summary>
    private void CountOlder(DeviceMessage message, bool isNewest)
    {
        _olderInARow = isNewest && Spoken.Any(other => other.Session > message.Session) ? _olderInARow + 1 : 0;
        if (_olderInARow == DevicePresence.MaxOlderInARow)
            (_spokenFrom, _recorded, _olderInARow) = (_messages.Count, null, 0);
    }

    /// <summary>Whether the device said something later on the same session or a newer one.</summary>
    private bool IsSuperseded(DeviceMessage message) =>
        _messages.Skip(_messages.IndexOf(message) + 1).Any(later => later.WasNewest && later.Session >= message.Session)
        || _messages.Any(other => other.IsAccepted && IsSurelyOlder(message, other));

    private static bool IsSurelyOlder(DeviceMessage message, DeviceMessage newest) =>
        message.IsAccepted
        && message.Epoch == newest.Epoch
        && message.Session <= newest.Session
        && message.Order.CompareTo(newest.Order) < 0;

    /// <summary>What the device makes or may be making at a place. A mode is certain or, where it is null, may be any.</summary>
    public IEnumerable<(Capture Capture, Mode? Certain)> CapturesAt(string place, DateTimeOffset now)
    {
        var left = _left.GetValueOrDefault(place);
        if (Device.Place != place || !IsThere(place, now))
            return left.Captures.Select(capture => (capture, (Mode?)null));
        var all = left.Union(_had).Union(_named).Union(CaptureSet.From(Device.Sensors));
        return all.Captures.Select(capture => (capture, Certain(capture, now)));
    }

    private bool IsThere(string place, DateTimeOffset now) =>
        Device.Lifecycle switch
        {
            Lifecycle.Planned => _messages.Count > 0 || _left.ContainsKey(place),
            Lifecycle.Removed => _left.ContainsKey(place)
                || IsHeard(now)
                || _knockedAt is { } at && !(at <= _confirmedAt.GetValueOrDefault(place, DateTimeOffset.MinValue)),
            _ => true,
        };

    /// <summary>The register says something else of the device.</summary>
    public void Change(Device after)
    {
        var before = Device;
        if (before.IsInstalled || _messages.Count > 0 || !_had.IsEmpty)
            _had = _had.Union(CaptureSet.From(before.Sensors));
        var covered = before.IsInstalled || before.Lifecycle is Lifecycle.Planned && _messages.Count > 0;
        if (covered && !(after.IsInstalled && after.Place == before.Place))
            _left[before.Place!] = _left.GetValueOrDefault(before.Place!).Union(_had).Union(_named);
        if (after.IsInstalled)
        {
            _had = _had.Union(CaptureSet.From(after.Sensors));
            _left.Remove(after.Place!);
        }

        Device = after;
    }

    /// <summary>
    /// Another person has confirmed on the spot that captures are gone: from the device if it stands there, else from the place.
    /// </summary>
    public void Confirm(string place, CaptureSet named, DateTimeOffset at)
    {
        if (Device.Place == place && Device.IsInstalled)
            _had = _had.Except(named.Except(Withdrawal.CoveredBy(Device, place)));
        _left.Remove(place);
        _confirmedAt[place] = at;
    }
}
