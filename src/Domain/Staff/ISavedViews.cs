using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>A set of filters and columns of the table page that somebody gave a name.</summary>
/// <param name="Query">The part of the address that makes the view, at most 1000 characters.</param>
/// <param name="IsShared">Whether everybody sees it.</param>
public sealed record SavedView(long Id, string Owner, string Name, string Query, bool IsShared);

/// <summary>The views that staff keep.</summary>
public interface ISavedViews
{
    /// <summary>Somebody's own views and those that are shared, by name.</summary>
    Task<ImmutableArray<SavedView>> OfAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Keeps a view; one of the same owner and name is replaced.</summary>
    Task SaveAsync(string owner, string name, string query, bool isShared, CancellationToken cancellationToken);

    /// <summary>Removes somebody's own view. False when they have no such view.</summary>
    Task<bool> RemoveAsync(string owner, long id, CancellationToken cancellationToken);
}
