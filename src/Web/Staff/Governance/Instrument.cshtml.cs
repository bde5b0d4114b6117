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

/// <summary>A text, every version of it, and its history in sentences with the names of those who made it.</summary>
public sealed class InstrumentModel(IGrainFactory grains, IChangeRegister register, IStaffRegister staff) : PageModel
{
    public Instrument Instrument { get; private set; } = null!;

    public GovernanceSnapshot Governance { get; private set; } = null!;

    /// <summary>The revisions, the newest first: when, who, and what in sentences.</summary>
    public ImmutableArray<(PolicyRevision Revision, ChangeRequest? Change, string Who, ImmutableArray<string> Sentences)> History
    {
        get;
        private set;
    } = [];

    public async Task<IActionResult> OnGetAsync(string id)
    {
        var history = await grains.History();
        if (history.LatestOf(DocumentKind.Instrument, id) is not { } latest)
            return NotFound();
        (Instrument, Governance) = (latest.Document.Value<Instrument>(), history.Current);
        var names = (await staff.AllAsync(HttpContext.RequestAborted)).ToDictionary(member => member.Id, member => member.Name);
        var rows = ImmutableArray.CreateBuilder<(PolicyRevision, ChangeRequest?, string, ImmutableArray<string>)>();
        PolicyDocument? before = null;
        foreach (var revision in history.From(DocumentKind.Instrument, id))
        {
            var change = revision.Change is { } number ? await register.FindAsync(number, HttpContext.RequestAborted) : null;
            var who = change is null
                ? "The registry was opened"
                : $"{Name(change.Author.Staff, change.Author.Role)}, approved by {Name(change.Decider?.Staff, "nobody")}";
            rows.Add(
                (
                    revision,
                    change,
                    who,
                    [
                        .. ChangeDescription
                            .Describe(before, revision.Document, Governance)
                            .Select(sentence => PlainLanguage.Sentence(sentence.Under(change?.Proposal.Source))),
                    ]
                )
            );
            before = revision.Document;
        }

        rows.Reverse();
        History = rows.ToImmutable();
        return Page();

        string Name(string? id, string otherwise) => id is not null && names.TryGetValue(id, out var name) ? name : otherwise;
    }
}
