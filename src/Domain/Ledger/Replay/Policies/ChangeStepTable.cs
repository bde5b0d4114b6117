using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Policies;

/// <summary>The acts on change requests, one entry each.</summary>
internal sealed class ChangeStepTable()
    : ReplayedTable("change_step", ["entry"], ["change", "number", "step", "at", "staff", "role", "department", "program", "note"])
{
    private readonly Dictionary<long, int> _steps = [];

    public override ImmutableArray<string> Kinds => LedgerKinds.ChangeActs;

    public override bool IsInEntryOrder => true;

    public override void Apply(in ReplayedEntry entry)
    {
        var change = entry.RequiredNumber("change");
        var number = _steps[change] = _steps.GetValueOrDefault(change) + 1;
        Expect(
            LedgerEntry.FormatNumber(entry.Index),
            entry.Index,
            Held.Number(change),
            Held.Number(number),
            Held.Text(Json.Word(LedgerKinds.ActOnChange(entry.Kind))),
            Held.Text(entry.At),
            Held.Text(entry.Staff),
            Held.Text(entry.Role),
            Held.Text(entry.Department),
            entry.IsProgram,
            entry.HeldText("noteHash")
        );
    }

    // Stored: the columns, and the salt of the change request.
    protected override string?[] Read(string?[] stored)
    {
        var row = stored[..10];
        row[9] = stored[9] is { } note ? ProposalHash.ComputeNote(note, Convert.FromHexString(stored[10]!)) : null;
        return row;
    }
}
