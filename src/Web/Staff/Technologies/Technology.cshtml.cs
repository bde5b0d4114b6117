using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Technologies;

/// <summary>One technology: what is about it, what was recorded of it, and the forms with which an editor changes or retires it.</summary>
public sealed class TechnologyModel(IKindUses uses, IGrainFactory grains, TimeProvider time) : TechnologyPageModel(grains)
{
    public Technology Technology { get; private set; } = null!;

    /// <summary>Every revision, the newest first.</summary>
    public ImmutableArray<PolicyRevision> Revisions { get; private set; } = [];

    /// <summary>What is of each of its kinds and in use.</summary>
    public ImmutableArray<KindUse> Uses { get; private set; } = [];

    /// <summary>The instruments with a rule about it that holds or will hold.</summary>
    public ImmutableArray<Instrument> Instruments { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (!await FindAsync(id))
            return NotFound();
        Fields = TechnologyFields.Show(Technology, Wordings);
        return Page();
    }

    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        if (!await FindAsync(id))
            return NotFound();
        var opened = Opened(DocumentKind.Technology, id, "revision")!;
        return await DraftFieldsAsync(opened, opened.Document.Value<Technology>(), []);
    }

    /// <summary>Retires the technology, or brings it back.</summary>
    public async Task<IActionResult> OnPostRetireAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        if (!await FindAsync(id))
            return NotFound();
        Fields = TechnologyFields.Show(Technology, Wordings);
        var opened = Opened(DocumentKind.Technology, id, "revision")!;
        var proposed = opened.Document.Value<Technology>() with { IsRetired = !Technology.IsRetired };
        var document = PolicyDocument.For(proposed);
        return await DraftAsync(
            document == opened.Document ? [] : [new ProposedDocument(document, opened.Number)],
            [.. proposed.IsRetired ? AgainstRetirement() : []],
            (_, _) => "retired"
        );
    }

    private IEnumerable<FieldError> AgainstRetirement()
    {
        if (KindUse.OfTechnology(Technology.Id, Uses) is { } use)
            yield return new FieldError("retired", $"It still has {use.InWords}: remove them, or change their kind, first.")
            {
                Links =
                [
                    .. Uses.Where(of => of.Devices > 0)
                        .Select(of => new FieldLink($"/staff/devices?kind={of.Kind}", $"The devices of the kind {of.Kind}")),
                    .. use.Fleets.Select(fleet => new FieldLink($"/staff/fleets/{fleet}", $"The fleet {fleet}")),
                ],
            };
        if (!Instruments.IsEmpty)
            yield return new FieldError("retired", "Rules about it hold, or will hold. End them first.")
            {
                Links = [.. Instruments.Select(one => new FieldLink($"/staff/instruments/{one.Id}", one.Citation))],
            };
    }

    private async Task<bool> FindAsync(string id)
    {
        await LoadHistoryAsync();
        Revisions = [.. History.RevisionsOf(DocumentKind.Technology, id).Reverse()];
        if (Revisions.IsEmpty)
            return false;
        Revision = Revisions[0].Number;
        Technology = Revisions[0].Document.Value<Technology>();
        Uses = [.. (await uses.AllAsync(HttpContext.RequestAborted)).Where(use => DeviceKind.Find(use.Kind)?.Technology == id)];
        Instruments = [.. PolicyValidator.InstrumentsOn(id, Governance.Table, City.DayAt(time.GetUtcNow()))];
        return true;
    }
}
