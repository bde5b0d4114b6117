using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Staff;

/// <summary>The rights of staff. Names and passwords are in no entry.</summary>
internal sealed class StaffTable() : ReplayedTable("staff", ["id"], ["department", "roles", "is_program", "is_active"])
{
    private const int Department = 0,
        Roles = 1,
        IsProgram = 2,
        IsActive = 3;

    public override ImmutableArray<string> Kinds => [LedgerKinds.StaffRightChanged];

    public override void Apply(in ReplayedEntry entry)
    {
        var what = entry.RequiredText("what");
        if (what is TokenTable.Made or TokenTable.Revoked)
            return;
        var id = entry.RequiredText("staff");
        if (what == "added")
            Expect(id, entry.Index, new Held[4]);
        var row = Find(id) ?? throw new KeyNotFoundException($"Staff member {id} was not added.");
        row[Department] = Held.Text(entry.Text("department"));
        row[Roles] = Held.Text(entry.Words("roles"));
        if (what == "added" || entry.Body.TryGetProperty("program", out _))
            row[IsProgram] = entry.HeldFlag("program");
        if (entry.Body.TryGetProperty("active", out _))
            row[IsActive] = entry.HeldFlag("active");
        else if (what is "added" or "activated" or "deactivated")
            row[IsActive] = Held.Text(what == "deactivated" ? "false" : "true");
    }
}
