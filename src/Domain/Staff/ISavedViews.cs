using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>A named set of filters and columns of the table page.</summary>
/// <param name="Query">The query part of the page's address, at most 1000 characters.</param>
/// <param name="IsShared">Whether all staff see it.</param>
public sealed record SavedView(long Id, string Owner, string Name, string Query, bool IsShared);

/// <summary>The register of saved views.</summary>
public interface ISavedViews
{
    /// <summary>The views of a staff member and the shared views, by name.</summary>
    Task<ImmutableArray<SavedView>> ListAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Saves a view. Replaces one with the same owner and name.</summary>
    Task SaveAsync(string owner, string name, string query, bool isShared, CancellationToken cancellationToken);

    /// <summary>Removes a view of its owner. False when the owner has no such view.</summary>
    Task<bool> RemoveAsync(string owner, long id, CancellationToken cancellationToken);
}
