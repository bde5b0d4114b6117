using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Registers;

/// <summary>
/// A register of what a city has, such as its places. Each change is a new version with an entry in the ledger. No version is ever deleted,
/// so the register answers on both axes of time.
/// </summary>
/// <typeparam name="T">What is registered: a <see cref="Places.Place"/>, <see cref="Places.Kiosk"/> or
/// <see cref="Places.Fleet"/>.</typeparam>
public interface IInventoryRegister<T>
    where T : class
{
    /// <summary>The version of each thing at a point in time, in the order of ids, also of what was retired by then.</summary>
    /// <param name="point">Null for the latest versions.</param>
    Task<ImmutableArray<RegisterVersion<T>>> ListAsync(RegisterPoint? point, CancellationToken cancellationToken);

    /// <summary>The version of one thing at a point in time; null when it was not registered by then.</summary>
    /// <param name="point">Null for the latest version.</param>
    Task<RegisterVersion<T>?> FindAsync(string id, RegisterPoint? point, CancellationToken cancellationToken);

    /// <summary>Every version of one thing, oldest first; empty when it was never registered.</summary>
    Task<ImmutableArray<AttributedVersion<T>>> HistoryAsync(string id, CancellationToken cancellationToken);

    /// <summary>Registers something new. Refuses an id that is registered.</summary>
    Task<Outcome<RegisterVersion<T>>> RegisterAsync(T value, RegisterAct act, CancellationToken cancellationToken);

    /// <summary>
    /// Records a new version. Refuses when <paramref name="version"/> is not the latest, when nothing changes, and when something else in
    /// the register stands against it.
    /// </summary>
    Task<Outcome<RegisterVersion<T>>> ChangeAsync(T value, int version, RegisterAct act, CancellationToken cancellationToken);
}
