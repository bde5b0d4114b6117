using Dapper;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>What the verifier finds in a register that an older version opened and filled.</summary>
public sealed class OlderRegisterTests(OlderMonth month) : IClassFixture<OlderMonth>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Columns that the entries of older versions do not say of a device with an entry. Verification says so each time.</summary>
    private static readonly string[] Unsaid = ["credential.sha256", "credential.not_after"];

    [Fact]
    public async Task An_honest_register_of_an_older_version_holds_and_says_what_it_cannot_prove()
    {
        await using var snapshot = await new LedgerSnapshots(month.Database.Source).OpenAsync(Cancellation);
        var finding = await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
        Assert.True(finding.Fault is null, finding.Fault);
        Assert.Equal(["credential", .. Unsaid.Order()], finding.NotHeld.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(SignInAlterations.All), MemberType = typeof(SignInAlterations))]
    public async Task An_alteration_is_found_in_a_register_of_an_older_version(string alteration, string table, string? column, string key)
    {
        await using var connection = await month.Database.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("set local session_replication_role = replica");
        await connection.ExecuteAsync(alteration);
        await using var snapshot = new TransactionSnapshot(connection);
        var finding = await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
        if (finding.Fault is null)
        {
            // What devices of fleets sign in with is in their acts, which have it.
            Assert.Contains($"{table}.{column}", Unsaid);
            Assert.DoesNotContain("unit-7", key, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(table, finding.TableFault?.Table);
    }
}
