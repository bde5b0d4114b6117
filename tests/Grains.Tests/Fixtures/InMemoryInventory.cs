using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>A register with versions, in memory.</summary>
internal sealed class InMemoryInventory<T>(IEnumerable<T> opening, Func<T, string> idOf) : IInventoryRegister<T>
    where T : class
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private ImmutableArray<AttributedVersion<T>> _versions = [.. opening.Select(Open)];

    /// <summary>The latest value of each id, in the order of ids.</summary>
    public ImmutableArray<T> Now => [.. At(null).Select(version => version.Value)];

    /// <summary>Forgets every version and begins with these values.</summary>
    public void Reset(IEnumerable<T> values)
    {
        lock (_lock)
            _versions = [.. values.Select(Open)];
    }

    /// <summary>Adds a value that another act makes, unless its id is registered.</summary>
    public void AddUnlessRegistered(T value, DateTimeOffset at)
    {
        lock (_lock)
        {
            if (At(null).All(version => idOf(version.Value) != idOf(value)))
                Add(value, 1, new RegisterAct(Attribution.Registry, "", at));
        }
    }

    public Task<ImmutableArray<RegisterVersion<T>>> ListAsync(RegisterPoint? point, CancellationToken cancellationToken) =>
        Task.FromResult(At(point));

    public Task<RegisterVersion<T>?> FindAsync(string id, RegisterPoint? point, CancellationToken cancellationToken) =>
        Task.FromResult(At(point).FirstOrDefault(version => idOf(version.Value) == id));

    public Task<ImmutableArray<AttributedVersion<T>>> HistoryAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(_versions.RemoveAll(version => idOf(version.Version.Value) != id));

    public Task<Outcome<RegisterVersion<T>>> RegisterAsync(T value, RegisterAct act, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<Outcome<RegisterVersion<T>>>(
                At(null).Any(version => idOf(version.Value) == idOf(value))
                    ? new Refusal(RefusalCodes.Taken, $"'{idOf(value)}' is registered already: choose another id.", "id")
                    : Add(value, 1, act)
            );
        }
    }

    public Task<Outcome<RegisterVersion<T>>> ChangeAsync(T value, int version, RegisterAct act, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var latest = At(null).First(one => idOf(one.Value) == idOf(value));
            return Task.FromResult<Outcome<RegisterVersion<T>>>(
                latest.Number != version ? new Refusal(RefusalCodes.Stale, "It was changed meanwhile. Look at it again before you act.")
                : act.Since is null && latest.Value.Equals(value) ? new Refusal(RefusalCodes.NothingChanged, "Nothing changes.")
                : Add(value, version + 1, act)
            );
        }
    }

    private RegisterVersion<T> Add(T value, int number, RegisterAct act)
    {
        var version = new RegisterVersion<T>(number, act.Since ?? act.At, act.At, _versions.Length, value);
        _versions = _versions.Add(new AttributedVersion<T>(version, act.By, act.Reason));
        return version;
    }

    private ImmutableArray<RegisterVersion<T>> At(RegisterPoint? point) =>
        [
            .. _versions
                .Select(one => one.Version)
                .Where(version => point is null || version.Since <= point.AsOf && version.RecordedAt <= point.KnownAt)
                .GroupBy(version => idOf(version.Value))
                .Select(versions => versions.MaxBy(version => version.Number)!)
                .OrderBy(version => idOf(version.Value), StringComparer.Ordinal),
        ];

    private static AttributedVersion<T> Open(T value, int index) =>
        new(new RegisterVersion<T>(1, Opened, Opened, index, value), Attribution.Registry, null);
}
