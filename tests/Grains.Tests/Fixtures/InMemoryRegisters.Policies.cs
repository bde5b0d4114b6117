using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters : IPolicyRegister, IChangeRegister
{
    private readonly List<PolicyRevision> _revisions =
    [
        .. opening.Governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Opened, i, null)),
    ];
    private readonly List<ChangeRequest> _requests = [];
    private readonly List<RecordedTransition> _transitions = [];
    private readonly SortedDictionary<DateOnly, ImmutableArray<EffectiveTransition>> _days = [];

    /// <summary>The days that were recorded, and what took effect with each.</summary>
    public ImmutableArray<(DateOnly Day, ImmutableArray<EffectiveTransition> Transitions)> Days
    {
        get
        {
            lock (_lock)
                return [.. _days.Select(day => (day.Key, day.Value))];
        }
    }

    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<ImmutableArray<RecordedFile>> OpeningFilesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(opening.Files.Select(RecordedFile.From).ToImmutableArray());

    public Task<ImmutableArray<PolicyRevision>> RevisionsAsync(long entry, CancellationToken cancellationToken) =>
        Task.FromResult(_revisions.Where(revision => revision.Entry > entry).ToImmutableArray());

    public Task<DateOnly?> LastDayAsync(DateOnly notAfter, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(_days.Keys.Where(day => day <= notAfter).Select(day => (DateOnly?)day).Max());
    }

    public Task<bool> RecordDayAsync(
        DateOnly day,
        ImmutableArray<EffectiveTransition> switches,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var isNew = false;
        Record(() =>
        {
            if (!(isNew = _days.TryAdd(day, switches)))
                return;
            foreach (var transition in switches)
                _transitions.Add(new RecordedTransition(NextEntry, at, day, transition));
        });
        return Task.FromResult(isNew);
    }

    public Task<ImmutableArray<RecordedTransition>> TransitionsAsync(long before, int most, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(
                _transitions
                    .Where(transition => transition.Entry < before)
                    .OrderByDescending(transition => transition.Entry)
                    .Take(most)
                    .ToImmutableArray()
            );
    }

    /// <summary>Entries are shared by everything that is recorded.</summary>
    private long NextEntry => _revisions.Count + _transitions.Count;

    public Task<ChangeRequest> DraftAsync(Proposal proposal, Attribution author, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var request = new ChangeRequest(_requests.Count + 1, 1, ChangeState.Draft, author, at, null, null, null, proposal, []);
        Record(() => _requests.Add(request));
        return Task.FromResult(request);
    }

    public Task<Outcome<ChangeRequest>?> ActAsync(
        ChangeRequest before,
        ChangeRequest after,
        ChangeAct act,
        Attribution by,
        string? note,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        Record(() =>
        {
            _requests[(int)before.Id - 1] = after;
            foreach (var proposed in act == ChangeAct.Approved ? after.Proposal.Documents : [])
                _revisions.Add(new PolicyRevision(proposed.Document, proposed.Base + 1, 0, at, NextEntry, before.Id));
        });
        return Task.FromResult<Outcome<ChangeRequest>?>(after);
    }

    public Task<ChangeRequest?> FindAsync(long id, CancellationToken cancellationToken) =>
        Task.FromResult(_requests.ElementAtOrDefault((int)id - 1));

    public Task<ImmutableArray<ChangeRequest>> ListOpenByAuthorAsync(string author, CancellationToken cancellationToken) =>
        Task.FromResult(
            _requests
                .Where(request => request.Author.Staff == author && request.State is ChangeState.Draft or ChangeState.Submitted)
                .ToImmutableArray()
        );

    public Task<ImmutableArray<ChangeRequest>> ListAsync(ChangeState? state, long? before, int most, CancellationToken cancellationToken) =>
        Task.FromResult(_requests.ToImmutableArray());
}
