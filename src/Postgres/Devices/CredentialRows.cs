using System.Security.Cryptography;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>Statements on credentials and claim codes that several registers run within their own transactions.</summary>
internal static class CredentialRows
{
    /// <summary>The hash of a stored hash. It identifies a credential or code in the ledger, and is of no use to sign in.</summary>
    public static string Identify(byte[] sha256) => Convert.ToHexStringLower(SHA256.HashData(sha256));

    /// <summary>Ends every credential and claim code of a holder that is removed: when it comes back, it gets new ones.</summary>
    public static async Task EndAllAsync(LedgerTransaction ledger, string holder)
    {
        await ledger.ExecuteAsync(
            "update registry.credential set ended_at = @at where holder = @holder and ended_at is null",
            new { at = ledger.At.UtcDateTime, holder }
        );
        await EndClaimAsync(ledger, holder);
    }

    /// <summary>Ends the holder's open claim code, if there is one.</summary>
    public static Task EndClaimAsync(LedgerTransaction ledger, string holder) =>
        ledger.ExecuteAsync(
            "update registry.claim set ended_at = @at where holder = @holder and used_at is null and ended_at is null",
            new { at = ledger.At.UtcDateTime, holder }
        );

    /// <summary>Ends the holder's secret and open claim code, and inserts the new secret. Returns its number.</summary>
    public static async Task<long> ReplaceSecretAsync(LedgerTransaction ledger, string holder, byte[] sha256)
    {
        await ledger.ExecuteAsync(
            "update registry.credential set ended_at = @at where holder = @holder and kind = 'secret' and ended_at is null",
            new { at = ledger.At.UtcDateTime, holder }
        );
        await EndClaimAsync(ledger, holder);
        return await ledger.ScalarAsync<long>(
            """
            insert into registry.credential (holder, kind, sha256, made_at)
            values (@holder, 'secret', @sha256, @at)
            returning number
            """,
            new
            {
                holder,
                sha256,
                at = ledger.At.UtcDateTime,
            }
        );
    }
}
