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
    /// <summary>The one key: a registry serves one city.</summary>
    const string City = "city";

    /// <summary>The city, its governance table and the words of its notices, as known now.</summary>
    [Alias("governance"), AlwaysInterleave]
    Task<GovernanceSnapshot> Governance();

    /// <summary>The same, as the registry knew it at an instant; null before it was opened.</summary>
    [Alias("known-at"), AlwaysInterleave]
    Task<GovernanceSnapshot?> KnownAt(DateTimeOffset instant);

    /// <summary>Everything that was ever recorded.</summary>
    [Alias("history"), AlwaysInterleave]
    Task<GovernanceHistory> History();

    /// <summary>
    /// What everybody may know of change requests: the approved ones among those asked for, in the order of their numbers.
    /// </summary>
    [Alias("changes"), AlwaysInterleave]
    Task<ImmutableArray<PublicChange>> Changes(ImmutableArray<long> numbers);

    /// <summary>What was recorded and what took effect, as everybody may know it, the newest first.</summary>
    /// <param name="before">Only what stands in the ledger before the entry with this number.</param>
    /// <param name="most">At most so many.</param>
    [Alias("acts"), AlwaysInterleave]
    Task<ImmutableArray<PublicAct>> Acts(long before, int most);

    /// <summary>Writes down a new draft.</summary>
    [Alias("draft")]
    Task<Outcome<ChangeRequest>> Draft(Proposal proposal, Attribution author);

    /// <summary>Does something with a change request.</summary>
    /// <param name="version">The version that whoever acts has seen; another one is refused as <c>stale</c>.</param>
    /// <param name="note">What whoever acts has to say; a rejection must say something.</param>
    /// <param name="proposal">What is proposed from now on; only, and always, for <see cref="ChangeAct.Revised"/>.</param>
    /// <returns>The request, or the reasons why not; <c>not-found</c> when there is no such request.</returns>
    [Alias("act")]
    Task<Outcome<ChangeRequest>> Act(long id, int version, ChangeAct act, Attribution by, string? note = null, Proposal? proposal = null);

    /// <summary>
    /// Looks whether a day began in the city, and writes down what took effect with it. The grain does so by itself every second.
    /// </summary>
    [Alias("turn-day")]
    Task RecordTransitions();
}
