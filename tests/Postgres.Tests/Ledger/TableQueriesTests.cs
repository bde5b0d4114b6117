using Dapper;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>Every column of the schema is proved by the ledger, or stands here with the reason why it is not.</summary>
public sealed class TableQueriesTests(SharedCluster cluster)
{
    private const string Other = "the tree, the checkpoints or the hashes of entries prove it",
        Digest = "the digests of closed days cover it",
        NotServed = "no page, sign or API reads it",
        Generated = "PostgreSQL computes it from another column";

    /// <summary>Tables that are not replayed from entries, and why.</summary>
    private static readonly Dictionary<string, string> NotReplayed = new()
    {
        ["ledger_checkpoint"] = Other,
        ["ledger_entry"] = Other,
        ["ledger_head"] = Other,
        ["ledger_kind"] = "only migrations write it, and no page, sign or API reads it",
        ["ledger_node"] = Other,
        ["history_digest"] = Digest,
        ["dropped_heartbeats"] = Digest,
        ["heartbeat"] = Digest,
        ["mobile_act"] = Digest,
        ["observation"] = Digest,
        ["watch"] = Digest,
        ["expected"] = "it is worked out again from the replayed law and devices: ExpectedStates",
        ["expected_pass"] = "the verifier says what is not proven without it: ExpectedStates",
        ["reading"] = Digest,
        ["recovery_code"] = "it is secret",
        ["second_factor"] = "it is secret",
        ["security_event"] = "it is deleted by schedule, and only auditors read it",
        ["staff_session"] = "it ends with the session",
        ["idempotency_key"] = "it repeats an answer to the same caller for a day",
        ["delivery"] = "it is deleted by schedule; only administrators read it",
        ["mail_address"] = "it is personal data, which is in no entry, and its owner erases it",
        ["occasion"] = "it repeats what an entry says, and is deleted by schedule",
        ["webhook"] = "its secret is secret; it states nothing",
        ["list_draft"] = "a person is still deciding about it; nothing is made of it yet",
        ["list_file"] = "its key is the hash of its bytes, which the entry of the import has",
        ["list_import_device"] = "only an undo reads it; what it did is in the entries of the devices",
        ["partition_owner"] = NotServed,
        ["register_version"] = NotServed,
        ["saved_view"] = "staff keep it for themselves; it states nothing",
    };

    /// <summary>Columns of replayed tables that are not compared, and why.</summary>
    private static readonly Dictionary<string, string> NotCompared = new()
    {
        ["api_token.label"] = "a person writes it; the verifier says that it is not proven",
        ["api_token.last_used_on"] = "each use changes it; the verifier says that it is not proven",
        ["device.gateway"] = Generated,
        ["device.part"] = Generated,
        ["device.slot"] = "its order is checked",
        ["list_import.decisions"] = NotServed,
        ["list_import.file_name"] = "a file of a person's computer may be named after them; no entry has it",
        ["list_import.mapping"] = NotServed,
        ["opening_file.salt"] = "a wrong one fits no file",
        ["staff.created_at"] = NotServed,
        ["staff.name"] = "it is personal data, which is in no entry; the verifier says that it is not proven",
        ["staff.password_hash"] = "it is secret",
        ["staff.password_kind"] = NotServed,
        ["staff.password_until"] = NotServed,
        ["staff.sign_in"] = "it is personal data, which is in no entry; the verifier says that it is not proven",
        ["staff.sign_in_key"] = "it is personal data, which is in no entry",
        ["staff.stamp"] = NotServed,
        ["staff.subject"] = "it is personal data, which is in no entry",
    };

    /// <summary>Columns that are compared under another name or together.</summary>
    private static readonly Dictionary<string, string[]> Compared = new()
    {
        ["reason, body, salt"] = ["reason", "body", "salt"],
        ["reference, salt"] = ["reference", "salt"],
        ["recorded_from"] = ["recorded"],
        ["recorded_until"] = ["recorded"],
        ["content_hash"] = ["content_hash", "issued_at", "payload", "protected", "signature"],
    };

    [Fact]
    public async Task Every_column_is_replayed_from_the_ledger_or_has_a_reason_why_not()
    {
        await using var database = await cluster.NewRegisterAsync();
        await using var connection = await database.ConnectAsync();
        var rows = await connection.QueryAsync<string>(
            """
            select c.relname || '.' || a.attname
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'registry'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """
        );
        var columns = rows.ToHashSet();
        var replayed = LedgerVerifier.ComparedColumns.SelectMany(table =>
            table.Value.SelectMany(column => Compared.GetValueOrDefault(column, [column])).Select(column => $"{table.Key}.{column}")
        );
        var proved = replayed.Concat(NotCompared.Keys).ToHashSet();
        var tables = columns.Select(column => column.Split('.')[0]).ToHashSet();
        Assert.Equal([], columns.Except(proved).Where(column => !NotReplayed.ContainsKey(column.Split('.')[0])).Order());
        Assert.Equal([], proved.Except(columns).Concat(NotReplayed.Keys.Except(tables)).Order());
    }

    [Fact]
    public void Every_replayed_table_has_a_statement_that_reads_it() =>
        Assert.All(LedgerVerifier.ComparedColumns.Keys, table => Assert.NotEmpty(TableQueries.For(table)));
}
