using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Registers.Lists;

/// <summary>A register that takes in a list.</summary>
public interface IRegisterLists<T>
    where T : class
{
    /// <summary>Records every change of a list, or nothing: the refusals are of the first row that cannot be recorded.</summary>
    Task<Outcome<RecordedList>> RecordAsync(ImmutableArray<ListedChange<T>> changes, RegisterAct act, CancellationToken cancellationToken);
}

/// <summary>What was recorded of a list.</summary>
/// <param name="Count">The number of its rows that changed the register.</param>
public sealed record RecordedList(int Count);
