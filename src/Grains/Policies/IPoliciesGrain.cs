using System.Collections.Immutable;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Grains.Policies;

/// <summary>
/// The city's governance, in memory and in order: what is known, what was known, and the acts that change it. Key: <see cref="City"/>.
/// </summary>
[Alias("policies")]
public interface IPoliciesGrain : IGrainWithStringKey
{
    /// <summary>The only key: a registry serves one city.</summary>
    const string City = "city";

    /// <summary>The city, its governance table and the texts of its notices, as known now.</summary>
    [Alias("governance"), AlwaysInterleave]
    Task<GovernanceSnapshot> Governance();

    /// <summary>The same, as the registry knew it at an instant; null before the register was opened.</summary>
    [Alias("known-at"), AlwaysInterleave]
    Task<GovernanceSnapshot?> KnownAt(DateTimeOffset instant);

    /// <summary>Everything that was ever recorded.</summary>
    [Alias("history"), AlwaysInterleave]
    Task<GovernanceHistory> History();

    /// <summary>The public part of the requested change requests: only the approved ones, in the order of their numbers.</summary>
    [Alias("changes"), AlwaysInterleave]
    Task<ImmutableArray<PublicChange>> Changes(ImmutableArray<long> numbers);

    /// <summary>The public part of what was recorded and of what took effect, newest first.</summary>
    /// <param name="before">Only acts whose ledger entry is before the entry with this number.</param>
    /// <param name="most">The greatest number of acts to return.</param>
    [Alias("acts"), AlwaysInterleave]
    Task<ImmutableArray<PublicAct>> Acts(long before, int most);

    /// <summary>Records a new draft.</summary>
    [Alias("draft")]
    Task<Outcome<ChangeRequest>> Draft(Proposal proposal, Attribution author);

    /// <summary>Acts on a change request.</summary>
    /// <param name="version">The version that the person who acts has seen; if it is not the current one, the act is refused as
    /// <c>stale</c>.</param>
    /// <param name="note">The note of the person who acts; required for a rejection.</param>
    /// <param name="proposal">The new proposal; required for <see cref="ChangeAct.Revised"/>, null for every other act.</param>
    /// <returns>The request, or the reasons why not; <c>not-found</c> if there is no such request.</returns>
    [Alias("act")]
    Task<Outcome<ChangeRequest>> Act(long id, int version, ChangeAct act, Attribution by, string? note = null, Proposal? proposal = null);

    /// <summary>Gives a change request to another author.</summary>
    /// <param name="by">The administrator.</param>
    /// <param name="to">The new author, in the role editor.</param>
    /// <returns>The request, or the reasons why not; <c>not-found</c> if there is no such request.</returns>
    [Alias("hand-over")]
    Task<Outcome<ChangeRequest>> HandOver(long id, int version, Attribution by, Attribution to);

    /// <summary>
    /// Checks whether a day began in the city, and records what took effect with it. The grain also does so by itself every second.
    /// </summary>
    [Alias("turn-day")]
    Task RecordTransitions();
}
