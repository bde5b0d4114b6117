using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Staff;

/// <summary>The tokens of programs. Labels are in no entry, because a person writes them.</summary>
internal sealed class TokenTable()
    : ReplayedTable("api_token", ["id"], ["staff", "roles", "sha256", "created_at", "expires_at", "revoked_at"])
{
    /// <summary>The acts on a token, as the member <c>what</c> names them.</summary>
    public const string Made = "token-made",
        Revoked = "token-revoked";

    private const int RevokedAt = 5;

    public override ImmutableArray<string> Kinds => [LedgerKinds.StaffRightChanged];

    public override void Apply(in ReplayedEntry entry)
    {
        var what = entry.RequiredText("what");
        if (what is not (Made or Revoked))
            return;
        var id = LedgerEntry.FormatNumber(entry.RequiredNumber("token"));
        if (what == Made)
        {
            Expect(
                id,
                entry.Index,
                Held.Text(entry.RequiredText("staff")),
                Held.Text(entry.Words("roles")),
                entry.HeldText("tokenSha256"),
                entry.HeldText("createdAt"),
                entry.HeldText("expiresAt"),
                Held.Text(null)
            );
            return;
        }

        var row = Find(id) ?? throw new KeyNotFoundException($"Token {id} was not made.");
        // An entry of an older version does not say when, and the row has one time or another.
        row[RevokedAt] = entry.Body.TryGetProperty("revokedAt", out _) ? entry.HeldText("revokedAt") : Held.SomeText;
    }
}
