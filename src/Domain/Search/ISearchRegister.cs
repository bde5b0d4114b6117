using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Search;

/// <summary>Finds places, screens, fleets, fixed devices and change requests by their texts. The law is found where it is held.</summary>
public interface ISearchRegister
{
    /// <summary>Subjects that have every word, a bounded number of each kind, in no order. The one with the id that was entered is among
    /// them.</summary>
    /// <param name="isForStaff">Whether change requests, and what is retired or removed, are among them.</param>
    /// <param name="most">How many of each kind.</param>
    Task<ImmutableArray<SearchSubject>> FindAsync(SearchQuery query, bool isForStaff, int most, CancellationToken cancellationToken);
}
