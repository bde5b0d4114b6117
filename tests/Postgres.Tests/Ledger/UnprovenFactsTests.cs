using Dapper;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>What the verifier of the ledger says that it cannot prove.</summary>
public sealed class UnprovenFactsTests(ScriptedMonth month) : IClassFixture<ScriptedMonth>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const string Differs = "delete from registry.expected where device = 'lobby-cam-1'";

    /// <summary>
    /// Honest causes of an expected state that differs from the one that is worked out again, and what is said then. The registry works
    /// them out while it runs, and for a large city that takes a while.
    /// </summary>
    public static TheoryData<string, string, string> HonestCauses { get; } =
        new()
        {
            {
                "a change after the last pass, which is slow or fails",
                "update registry.expected_pass set begun_at = begun_at - interval '40 days', done_at = done_at - interval '40 days'",
                "the law or the register changed after the registry had worked them out at "
            },
            {
                "a pass under way",
                "update registry.expected_pass set begun_at = done_at + interval '1 second'",
                "the registry is working them out, or was stopped while it did"
            },
            { "an upgrade", "update registry.expected_pass set rules = 'older'", "another version of the registry worked them out" },
            {
                "a register of a version without passes",
                "delete from registry.expected_pass",
                "no time is stored at which the registry had worked them out"
            },
            {
                "a time that no clock shows",
                "update registry.expected_pass set begun_at = 'infinity', done_at = 'infinity'",
                "no time is stored at which the registry had worked them out"
            },
            {
                "a time after the year 9999",
                "update registry.expected_pass set begun_at = '20000-01-01', done_at = '20000-01-01'",
                "no time is stored at which the registry had worked them out"
            },
        };

    [Theory]
    [MemberData(nameof(HonestCauses))]
    public async Task An_expected_state_that_may_rightly_differ_is_told_as_unproven(string cause, string makeCause, string reason)
    {
        var finding = await VerifyAsync(makeCause, Differs);
        Assert.True(finding.Fault is null, $"{cause}: {finding.Fault}");
        var sentence = Assert.Single(finding.Unproven, sentence => sentence.StartsWith("Expected states", StringComparison.Ordinal));
        Assert.StartsWith("Expected states of 1 devices are not proven: " + reason, sentence, StringComparison.Ordinal);
    }

    /// <summary>A watch that ran ahead, or was forged, decides nothing.</summary>
    [Fact]
    public async Task A_time_of_observation_in_the_future_excuses_no_expected_state()
    {
        var finding = await VerifyAsync("insert into registry.watch (from_at, to_at) values (now(), now() + interval '400 days')", Differs);
        Assert.Equal(("expected", "body"), (finding.TableFault?.Table, finding.TableFault?.Column));
    }

    [Fact]
    public async Task Expected_states_of_another_day_than_the_last_entry_are_unproven()
    {
        // As of that day no rule was known, and none is in force: the state of the first pass is right.
        var finding = await VerifyAsync(
            "update registry.expected_pass set begun_at = '1900-01-01', done_at = '1900-01-01'",
            "delete from registry.expected where version > 1"
        );
        Assert.Null(finding.Fault);
        Assert.Contains(finding.Unproven, sentence => sentence.StartsWith("Expected states of ", StringComparison.Ordinal));
    }

    private async Task<LedgerFinding> VerifyAsync(params string[] statements)
    {
        await using var connection = await month.Database.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        foreach (var statement in statements)
            await connection.ExecuteAsync(statement);
        await using var snapshot = new TransactionSnapshot(connection);
        return await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
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
