using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>An instrument with all its versions and its history, including the names of authors and approvers.</summary>
public sealed class InstrumentModel(IGrainFactory grains, IChangeRegister register, IStaffRegister staff) : PageModel
{
    public Instrument Instrument { get; private set; } = null!;

    public GovernanceSnapshot Governance { get; private set; } = null!;

    /// <summary>The recorded revisions, the newest first.</summary>
    public ImmutableArray<RecordedRevision> History { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string id)
    {
        var history = await grains.History();
        if (history.LatestOf(DocumentKind.Instrument, id) is not { } latest)
            return NotFound();
        Instrument = latest.Document.Value<Instrument>();
        Governance = history.Current;
        var names = (await staff.AllAsync(HttpContext.RequestAborted)).ToDictionary(member => member.Id, member => member.Name);
        var revisions = ImmutableArray.CreateBuilder<RecordedRevision>();
        PolicyDocument? before = null;
        foreach (var revision in history.RevisionsOf(DocumentKind.Instrument, id))
        {
            var change = revision.Change is { } number ? await register.FindAsync(number, HttpContext.RequestAborted) : null;
            var sentences = ChangeDescription
                .Describe(before, revision.Document, Governance)
                .Select(sentence => PlainLanguage.Sentence(sentence.WithBasis(change?.Proposal.Source)));
            revisions.Add(new RecordedRevision(revision, change, Actors(change, names), [.. sentences]));
            before = revision.Document;
        }

        revisions.Reverse();
        History = revisions.ToImmutable();
        return Page();
    }

    private static string Actors(ChangeRequest? change, Dictionary<string, string> names)
    {
        if (change is null)
            return "Recorded when the registry was set up";
        var author = names.GetValueOrDefault(change.Author.Staff ?? "", change.Author.Role);
        var approver = names.GetValueOrDefault(change.Decider?.Staff ?? "", "an unknown approver");
        return $"{author}, approved by {approver}";
    }
}

/// <summary>A revision of an instrument as the history shows it.</summary>
/// <param name="Change">The change request that made it; null when it was recorded as the registry was set up.</param>
/// <param name="Actors">The author and the approver, in words.</param>
/// <param name="Sentences">What differs from the revision before.</param>
public sealed record RecordedRevision(PolicyRevision Revision, ChangeRequest? Change, string Actors, ImmutableArray<string> Sentences);
