using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters : IWithdrawalRegister
{
    private readonly Dictionary<(string Device, string Place), DeviceWithdrawals> _withdrawals = [];
    private long _withdrawalEntries;

    public Task<ImmutableArray<DeviceWithdrawals>> FromPlaceAsync(string place, CancellationToken cancellationToken) =>
        Task.FromResult(WithdrawalsWhere(device => device.Place == place));

    public Task<ImmutableArray<DeviceWithdrawals>> OfDeviceAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(WithdrawalsWhere(device => device.DeviceId == deviceId));

    public Task<ImmutableDictionary<string, ImmutableArray<DeviceWithdrawals>>> OpenOfAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            WithdrawalsWhere(device => !device.Open.IsEmpty && deviceIds.Contains(device.DeviceId))
                .GroupBy(device => device.DeviceId)
                .ToImmutableDictionary(device => device.Key, device => device.ToImmutableArray())
        );

    public Task<ImmutableArray<DeviceWithdrawals>> AwaitingAsync(CancellationToken cancellationToken) =>
        Task.FromResult(WithdrawalsWhere(device => device.AwaitsConfirmation));

    public Task<Outcome<DeviceWithdrawals>> ConfirmAsync(
        string deviceId,
        string place,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (WithdrawalsWhere(device => (device.DeviceId, device.Place) == (deviceId, place)) is not [var withdrawals])
            return Task.FromResult<Outcome<DeviceWithdrawals>>(new Refusal(RefusalCodes.NotFound, "Nothing was withdrawn."));
        if (withdrawals.CheckConfirmation(by) is { } refusal)
            return Task.FromResult<Outcome<DeviceWithdrawals>>(refusal);
        var confirmed = withdrawals with { Open = [], ConfirmedAt = at };
        Record(() => _withdrawals[(deviceId, place)] = confirmed);
        return Task.FromResult<Outcome<DeviceWithdrawals>>(confirmed);
    }

    private ImmutableArray<DeviceWithdrawals> WithdrawalsWhere(Func<DeviceWithdrawals, bool> condition)
    {
        lock (_lock)
            return
            [
                .. _withdrawals
                    .Values.Select(device =>
                        device with
                        {
                            KnocksAt = Devices.Any(other => other.Id == device.DeviceId && other.Lifecycle == Lifecycle.Removed)
                                ? Recorded.LastOrDefault(observation => observation.DeviceId == device.DeviceId)?.KnocksAt
                                : null,
                        }
                    )
                    .Where(condition)
                    .OrderBy(device => device.Place, StringComparer.Ordinal)
                    .ThenBy(device => device.DeviceId, StringComparer.Ordinal),
            ];
    }

    /// <summary>What the change of a device takes from a place, and what it returns or brings to one.</summary>
    private void Withdraw(Device before, RegisterChange change, DateTimeOffset at, Attribution by)
    {
        if (change.After.Place is { } place && Find(change.After.Id, place) is { } known)
        {
            var covered = Withdrawal.CoveredBy(change.After, place);
            _withdrawals[(change.After.Id, place)] = known with
            {
                Open =
                [
                    .. known
                        .Open.Select(open => open with { Captures = open.Captures.Except(covered) })
                        .Where(open => !open.Captures.IsEmpty),
                ],
            };
        }

        Add(before.Id, before.Place, change.Taken, at, by);
        Add(before.Id, change.After.Place, change.Carried, at, by);
    }

    private void Add(string device, string? place, CaptureSet captures, DateTimeOffset at, Attribution by)
    {
        if (place is null || captures.IsEmpty)
            return;
        var withdrawals = Find(device, place) ?? new DeviceWithdrawals(device, place, [], null);
        _withdrawals[(device, place)] = withdrawals with
        {
            Open = withdrawals.Open.Add(new Withdrawal(++_withdrawalEntries, captures, at, by.Staff)),
        };
    }

    private DeviceWithdrawals? Find(string deviceId, string place) => _withdrawals.GetValueOrDefault((deviceId, place));
}
