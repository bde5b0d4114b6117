using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Grains.Policies;

/// <summary>
/// Holds the governance and returns it by reference: its values are immutable. Acts on change requests one after the other: the Domain
/// decides, the register records, then the places are notified. At the city's midnight it records what took effect.
/// </summary>
[GrainType("policies")]
[KeepAlive]
internal sealed class PoliciesGrain(
    IPolicyRegister register,
    IChangeRegister changes,
    IPlaceRegister places,
    IDepartmentUses departments,
    IKindUses kinds,
    TimeProvider time,
    ILogger<PoliciesGrain> logger
) : Grain, IPoliciesGrain
{
    private static readonly TimeSpan MidnightCheckEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A registry that was down for longer than this records all transitions of that time under the day on which it started again.
    /// </summary>
    private const int MaxDaysOneByOne = 400;

    private const int MaxCachedInstants = 8;
    private const int MaxCachedChanges = 10_000;

    private readonly Dictionary<int, GovernanceSnapshot?> _knownAt = [];

    /// <summary>The public part of requests that were asked for. An approved request never changes.</summary>
    private readonly Dictionary<long, PublicChange> _changes = [];

    private GovernanceHistory _history = null!;

    /// <summary>The day up to which everything that took effect is recorded; null before the first.</summary>
    private DateOnly? _day;

    private DateOnly Today => _history.Current.City.DayAt(time.GetUtcNow());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _history = await register.HistoryAsync(cancellationToken);
        _day = await register.LastDayAsync(Today, cancellationToken);
        // Not during activation: a place asks this grain for the governance, so neither may wait here for the other.
        this.RegisterGrainTimer(
            _ => RecordTransitions(),
            new GrainTimerCreationOptions(TimeSpan.Zero, MidnightCheckEvery) { KeepAlive = true }
        );
    }

    public Task<GovernanceSnapshot> Governance() => Task.FromResult(_history.Current);

    public Task<GovernanceHistory> History() => Task.FromResult(_history);

    public Task<GovernanceSnapshot?> KnownAt(DateTimeOffset instant)
    {
        var count = _history.CountAt(instant);
        if (!_knownAt.TryGetValue(count, out var governance))
        {
            if (_knownAt.Count >= MaxCachedInstants)
                _knownAt.Clear();
            _knownAt[count] = governance = _history.KnownAt(instant);
        }

        return Task.FromResult(governance);
    }

    public async Task<ImmutableArray<PublicChange>> Changes(ImmutableArray<long> numbers)
    {
        var found = ImmutableArray.CreateBuilder<PublicChange>();
        foreach (var number in numbers.Distinct().Order())
        {
            if (await ChangeAsync(number) is { } change)
                found.Add(change);
        }

        return found.ToImmutable();
    }

    public async Task<ImmutableArray<PublicAct>> Acts(long before, int most)
    {
        var transitions = await register.TransitionsAsync(before, most, CancellationToken.None);
        var newest = _history
            .RecordedBefore(before)
            .Take(most)
            .Select(revisions => new PublicAct(revisions[0].Entry, revisions[0].RecordedAt, revisions, null, null))
            .Concat(transitions.Select(transition => new PublicAct(transition.Entry, transition.At, [], null, transition)))
            .OrderByDescending(act => act.Entry)
            .Take(most)
            .ToArray();
        var acts = ImmutableArray.CreateBuilder<PublicAct>(newest.Length);
        foreach (var act in newest)
            acts.Add(act.Revisions is [{ Change: { } number }, ..] ? act with { Change = await ChangeAsync(number) } : act);
        return acts.MoveToImmutable();
    }

    public async Task<Outcome<ChangeRequest>> Draft(Proposal proposal, Attribution author)
    {
        var completed = VersionIdentity.Complete(proposal, _history);
        return ChangeRequest.CheckNewDraft(completed, _history) is { IsEmpty: false } refusals
            ? refusals
            : await changes.DraftAsync(completed, author, time.GetUtcNow(), CancellationToken.None);
    }

    public async Task<Outcome<ChangeRequest>> Act(long id, int version, ChangeAct act, Attribution by, string? note, Proposal? proposal)
    {
        if (await changes.FindAsync(id, CancellationToken.None) is not { } found)
            return new Refusal("not-found", $"There is no change request {id}.");
        var before = VersionIdentity.Complete(found, _history);
        if (before.Version != version)
            return Stale(before);
        if (ChangeRequest.CheckNote(note) is { } invalidNote)
            return invalidNote;
        var now = time.GetUtcNow();
        var outcome = act switch
        {
            ChangeAct.Revised => Revise(before, by, proposal),
            ChangeAct.Submitted => before.Submit(by, _history, now),
            ChangeAct.Approved => before.Approve(by, _history, now),
            ChangeAct.Rejected => before.Reject(by, note ?? "", now),
            ChangeAct.Withdrawn => before.Withdraw(by),
            ChangeAct.Reopened => before.Reopen(by),
            ChangeAct.Drafted => throw new ArgumentOutOfRangeException(nameof(act), act, "A request is drafted once."),
            ChangeAct.HandedOver => throw new ArgumentOutOfRangeException(nameof(act), act, "HandOver names the new author."),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, null),
        };
        if (outcome.Value is not { } after)
            return outcome;
        if (act is ChangeAct.Submitted or ChangeAct.Approved && await RegisterProblemsAsync(after.Proposal) is { IsEmpty: false } refusals)
            return refusals;
        if (await changes.ActAsync(before, after, act, by, note, now, CancellationToken.None) is not { } done)
            return Stale(await changes.FindAsync(id, CancellationToken.None) ?? before);
        if (done.IsDone && act == ChangeAct.Approved)
            await ApplyRevisionsAsync();
        return done;
    }

    private Outcome<ChangeRequest> Revise(ChangeRequest before, Attribution by, Proposal? proposal)
    {
        var completed = VersionIdentity.Complete(proposal ?? throw new ArgumentNullException(nameof(proposal)), _history);
        var outcome = before.Revise(by, completed);
        return outcome.IsDone && ChangeRequest.CheckNewDraft(completed, _history) is { IsEmpty: false } refusals ? refusals : outcome;
    }

    public async Task<Outcome<ChangeRequest>> HandOver(long id, int version, Attribution by, Attribution to)
    {
        if (await changes.FindAsync(id, CancellationToken.None) is not { } before)
            return new Refusal(RefusalCodes.NotFound, $"There is no change request {id}.");
        if (before.Version != version)
            return Stale(before);
        var outcome = before.HandOver(by, to);
        if (outcome.Value is not { } after)
            return outcome;
        var done = await changes.ActAsync(before, after, ChangeAct.HandedOver, by, null, time.GetUtcNow(), CancellationToken.None);
        return done ?? Stale(await changes.FindAsync(id, CancellationToken.None) ?? before);
    }

    public async Task RecordTransitions()
    {
        var today = Today;
        if (_day == today)
            return;
        if (_day is { } last && last < today)
        {
            var first = today.DayNumber - last.DayNumber > MaxDaysOneByOne ? today : last.AddDays(1);
            var before = last;
            for (var day = first; day <= today; day = day.AddDays(1))
            {
                var transitions = TransitionsBetween(_history.Current.Table, before, day);
                await register.RecordDayAsync(day, transitions, time.GetUtcNow(), CancellationToken.None);
                before = day;
            }
        }
        else if (_day is null)
        {
            await register.RecordDayAsync(today, [], time.GetUtcNow(), CancellationToken.None);
        }

        var isFirstDay = _day is null;
        _day = today;
        if (!isFirstDay)
            await NotifyPlacesAsync();
    }

    /// <summary>Every row whose status or version on a day differs from an earlier day.</summary>
    private static ImmutableArray<EffectiveTransition> TransitionsBetween(GovernanceTable table, DateOnly before, DateOnly day) =>
        [
            .. table
                .On(before)
                .Zip(table.On(day))
                .Where(rows => rows.First.Status != rows.Second.Status || rows.First.Version?.Number != rows.Second.Version?.Number)
                .Select(rows => new EffectiveTransition(
                    rows.Second.Technology.Id,
                    rows.Second.Instrument.Id,
                    rows.Second.Version?.Number,
                    rows.First.Status,
                    rows.Second.Status
                )),
        ];

    private async Task<ImmutableArray<Refusal>> RegisterProblemsAsync(Proposal proposal)
    {
        ImmutableArray<PolicyDocument> proposed = [.. proposal.Documents.Select(document => document.Document)];
        ImmutableArray<Refusal> ofCity = proposed.Any(document => document.Kind == DocumentKind.City)
            ? PolicyValidator.RegisterProblems(proposed, await departments.AllAsync(CancellationToken.None))
            : [];
        return proposed.Any(document => document.Kind is DocumentKind.Technology or DocumentKind.Instrument)
            ? [.. ofCity, .. PolicyValidator.RetirementProblems(_history, proposed, await kinds.AllAsync(CancellationToken.None), Today)]
            : ofCity;
    }

    private async Task<PublicChange?> ChangeAsync(long number)
    {
        if (_changes.TryGetValue(number, out var cached))
            return cached;
        if (await changes.FindAsync(number, CancellationToken.None) is not { } request || PublicChange.From(request) is not { } change)
            return null;
        if (_changes.Count >= MaxCachedChanges)
            _changes.Clear();
        return _changes[number] = change;
    }

    private static Refusal Stale(ChangeRequest request) =>
        new(
            "stale",
            $"Request {request.Id} was changed meanwhile: it is {Json.Word(request.State)} at version {request.Version}. "
                + "Look at it again before you act."
        );

    /// <summary>Reads the revisions that were recorded, and has every place compose its notice again.</summary>
    private async Task ApplyRevisionsAsync()
    {
        var added = await register.RevisionsAsync(_history.LastEntry, CancellationToken.None);
        _history = new GovernanceHistory([.. _history.Revisions, .. added]);
        _knownAt.Clear();
        await NotifyPlacesAsync();
    }

    private async Task NotifyPlacesAsync() => await Task.WhenAll((await places.PlacesAsync(CancellationToken.None)).Select(NotifyAsync));

    private async Task NotifyAsync(Place place)
    {
        try
        {
            await GrainFactory.Place(place.Id).Recompose();
        }
        catch (Exception failure)
        {
            // The place refreshes itself within seconds. Until then it returns no notice that it could not bring up to date.
            logger.LogWarning(failure, "Place {Place} could not apply the new rules; it tries again within seconds.", place.Id);
        }
    }
}
