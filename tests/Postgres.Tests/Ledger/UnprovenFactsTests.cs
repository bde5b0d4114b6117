using Dapper;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>What the verifier of the ledger says that it cannot prove.</summary>
public sealed class UnprovenFactsTests(ScriptedMonth month) : IClassFixture<ScriptedMonth>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The registry works out expected states while it runs. After a change in between none of them is wrong.</summary>
    [Fact]
    public async Task An_expected_state_from_before_a_change_is_told_as_unproven()
    {
        await using var connection = await month.Database.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("update registry.watch set to_at = from_at");
        await connection.ExecuteAsync("delete from registry.expected where device = 'lobby-cam-1'");
        await using var snapshot = new TransactionSnapshot(connection);
        var finding = await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
        Assert.Null(finding.Fault);
        Assert.Contains(finding.Unproven, sentence => sentence.StartsWith("Expected states of 1 devices are", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_verification_says_which_shown_facts_no_entry_proves()
    {
        await using var snapshot = await new LedgerSnapshots(month.Database.Source).OpenAsync(Cancellation);
        var finding = await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
        Assert.Equal(
            [
                "Names and sign-in names of staff are not proven: personal data is in no entry.",
                "Labels and last uses of tokens are not proven: a person writes the one, and each use changes the other.",
                "The security log, saved views and stored answers are not proven: no sign and no public page shows them.",
            ],
            finding.Unproven
        );
    }
}
