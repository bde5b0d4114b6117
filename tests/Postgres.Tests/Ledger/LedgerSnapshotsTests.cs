using Dapper;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;
using SurveillanceRegistry.Postgres.Tests.Registers;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>What the verifier of the ledger finds when the owner of the database alters what pages, signs and the API read.</summary>
public sealed class LedgerSnapshotsTests(ScriptedMonth month) : IClassFixture<ScriptedMonth>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each alteration: the statement, the table and column that the finding names, and a part of the row's key.</summary>
    public static TheoryData<string, string, string?, string> Alterations { get; } =
        new()
        {
            // The law.
            {
                "update registry.revision set body = replace(body, '\"days\":90', '\"days\":3650') where id = 'manual-1.1' and number = 2",
                "revision",
                "body.versions[0].rules[0].retention[0].days",
                "instrument manual-1.1 2"
            },
            { "update registry.revision set body = body || ' ' where kind = 'city'", "revision", "body", "city city 1" },
            {
                "update registry.revision set recorded_at = recorded_at - interval '300 days' where number = 2",
                "revision",
                "recorded_at",
                "manual-1.1 2"
            },
            { "update registry.revision set change = 2 where number = 2", "revision", "change", "manual-1.1 2" },
            {
                "update registry.revision set position = 7 where kind = 'technology' and id = 'alpr'",
                "revision",
                "position",
                "technology alpr 1"
            },
            { "update registry.revision set number = 3 where number = 2", "revision", null, "manual-1.1 3" },
            { "delete from registry.revision where kind = 'wording' and id = 'es'", "revision", null, "wording es 1" },
            {
                """
                    insert into registry.revision (kind, id, number, position, recorded_at, entry, change, body)
                    select kind, id, 3, position, now(),
                        (select max(index) from registry.ledger_entry where kind = 'change-approved'), change, body
                    from registry.revision where number = 2
                    """,
                "revision",
                null,
                "manual-1.1 3"
            },
            {
                "update registry.rule_period set effective = daterange('2027-01-01', null) where number = 2 and upper_inf(recorded)",
                "rule_period",
                null,
                "2027-01-01"
            },
            {
                "update registry.rule_period set recorded = tstzrange(lower(recorded), lower(recorded) + '1 day') where number = 1",
                "rule_period",
                "recorded_until",
                "manual-1.1 facility-camera 1"
            },
            {
                "delete from registry.rule_period where upper_inf(recorded) and number = 1",
                "rule_period",
                null,
                "manual-1.1 facility-camera 1"
            },
            { "update registry.turned_day set entry = entry + 1 where entry is not null", "turned_day", "entry", "2026-12-01" },
            { "delete from registry.turned_day where entry is not null", "turned_day", null, "2026-12-01" },
            {
                "update registry.opening_file set sha256 = repeat('c', 64) where name = 'policies/city.yaml'",
                "opening_file",
                "sha256",
                "policies/city.yaml"
            },
            // Change requests.
            { "update registry.change_request set reason = 'Another reason' where id = 1", "change_request", "reason, body, salt", "1" },
            {
                "update registry.change_request set body = jsonb_set(body, '{source,title}', '\"Order 6\"') where id = 2",
                "change_request",
                "reason, body, salt",
                "2"
            },
            { "update registry.change_request set body = '{}' where id = 2", "change_request", "*", "2" },
            { "update registry.change_request set author = 'st-aaaaaaaaaaaaaaaa' where id = 1", "change_request", "author", "1" },
            { "update registry.change_request set author_role = 'approver' where id = 1", "change_request", "author_role", "1" },
            { "update registry.change_request set decider = 'st-aaaaaaaaaaaaaaaa' where id = 1", "change_request", "decider", "1" },
            {
                "update registry.change_request set decided_at = decided_at - interval '1 day' where id = 1",
                "change_request",
                "decided_at",
                "1"
            },
            { "update registry.change_request set state = 'approved' where id = 2", "change_request", "state", "2" },
            { "update registry.change_request set submitted_at = drafted_at where id = 1", "change_request", "submitted_at", "1" },
            { "update registry.change_request set version = 1 where id = 1", "change_request", "version", "1" },
            { "update registry.change_step set note = 'I never read it.' where step = 'approved'", "change_step", "note", "" },
            { "update registry.change_step set role = 'administrator' where step = 'rejected'", "change_step", "role", "" },
            { "update registry.change_step set staff = 'st-aaaaaaaaaaaaaaaa' where step = 'approved'", "change_step", "staff", "" },
            {
                "update registry.change_step set at = at - interval '1 hour' where step = 'drafted' and change = 1",
                "change_step",
                "at",
                ""
            },
            { "update registry.change_step set program = true where step = 'drafted' and change = 1", "change_step", "program", "" },
            { "update registry.change_request set author_program = true where id = 1", "change_request", "author_program", "1" },
            {
                "update registry.change_request set author = (select author from registry.change_request where id = 1) where id = 2",
                "change_request",
                "author",
                "2"
            },
            { "delete from registry.change_step where step = 'withdrawn'", "change_step", null, "" },
            // Devices, gateways and fleets.
            {
                "update registry.device set body = jsonb_set(body, '{sensors}', '[\"video\"]') where id = 'lobby-cam-1'",
                "device",
                "body.sensors",
                "lobby-cam-1"
            },
            {
                "update registry.device set body = body || '{\"lifecycle\":\"removed\"}' where id = 'gate-cam-1'",
                "device",
                "body.lifecycle",
                "gate-cam-1"
            },
            {
                "update registry.device set body = body || '{\"deadlineSeconds\":86400}' where id = 'lobby-cam-1'",
                "device",
                "body.deadlineSeconds",
                "lobby-cam-1"
            },
            { "update registry.device set body = body - 'gateway' where id = 'gate-cam-1'", "device", "body.gateway", "gate-cam-1" },
            { "update registry.device set place = 'lobby' where id = 'gate-cam-1'", "device", "place", "gate-cam-1" },
            { "update registry.device set epochs_from = null where id = 'gate-cam-1'", "device", "epochs_from", "gate-cam-1" },
            { "update registry.device set version = 1 where id = 'gate-cam-1'", "device", "version", "gate-cam-1" },
            { "delete from registry.device where id = 'lobby-cam-1'", "device", null, "lobby-cam-1" },
            {
                """
                    alter table registry.device alter column slot set generated by default;
                    update registry.device set slot = 1000 where id = 'lobby-cam-1'
                    """,
                "device",
                "slot",
                "lobby-cam-1"
            },
            { "update registry.device set place = null, fleet = 'patrol' where id = 'lobby-cam-1'", "device", null, "lobby-cam-1" },
            {
                "update registry.device set body = jsonb_set(body, '{sensors}', '[\"stills\"]') where id = 'patrol-reader-1'",
                "device",
                "body.sensors",
                "patrol-reader-1"
            },
            { "update registry.device set fleet = 'parking' where id = 'unit-7'", "device", "fleet", "unit-7" },
            { "delete from registry.device where id = 'unit-7'", "device", null, "unit-7" },
            { "update registry.gateway set profile = null where id = 'recorder-1'", "gateway", "profile", "recorder-1" },
            { "update registry.gateway set removed = false where id = 'recorder-1'", "gateway", "removed", "recorder-1" },
            { "update registry.gateway set department = 'parks' where id = 'recorder-2'", "gateway", "department", "recorder-2" },
            { "delete from registry.fleet where technology = 'alpr'", "fleet", null, "patrol alpr" },
            { "insert into registry.fleet select 'parking', technology, entry from registry.fleet limit 1", "fleet", null, "parking" },
            // What a second person confirms on the spot.
            {
                "update registry.withdrawal set captures = 2 where device = 'gate-cam-3' and ended_entry is not null",
                "withdrawal",
                "captures",
                "gate-cam-3"
            },
            {
                "update registry.withdrawal set ended_entry = entry + 1 where device = 'gate-cam-2'",
                "withdrawal",
                "ended_entry",
                "gate-cam-2"
            },
            { "update registry.withdrawal set place = 'lobby' where device = 'gate-cam-2'", "withdrawal", null, "gate-cam-2" },
            { "update registry.withdrawal set staff = null where device = 'gate-cam-2'", "withdrawal", "staff", "gate-cam-2" },
            { "delete from registry.withdrawal where device = 'gate-cam-2'", "withdrawal", null, "gate-cam-2" },
            { "update registry.absence_confirmation set staff = 'st-aaaaaaaaaaaaaaaa'", "absence_confirmation", "staff", "" },
            {
                """
                    insert into registry.absence_confirmation (entry, device, place, at, staff)
                    select 0, 'gate-cam-2', 'gate', now(), 'st-aaaaaaaaaaaaaaaa'
                    """,
                "absence_confirmation",
                null,
                "0"
            },
            { "update registry.fleet_base set places = array['gate']", "fleet_base", "places", "patrol" },
            { "delete from registry.fleet_base where id = 'patrol'", "fleet_base", null, "patrol" },
            // Places and screens.
            {
                "update registry.place set body = body || '{\"area\":\"the whole house\"}' where id = 'lobby'",
                "place",
                "body.area",
                "lobby"
            },
            { "delete from registry.place where id = 'gate'", "place", null, "gate" },
            { "insert into registry.place (id, body, entry) values ('roof', '{}', 0)", "place", null, "roof" },
            { "update registry.kiosk set place = 'gate' where id = 'kiosk-1'", "kiosk", "place", "kiosk-1" },
            { "update registry.kiosk set body = body || '{\"removed\":true}' where id = 'kiosk-1'", "kiosk", "body.removed", "kiosk-1" },
            // Staff and tokens.
            { "update registry.staff set roles = roles || array['administrator'] where sign_in = 'ana'", "staff", "roles", "st-" },
            { "update registry.staff set is_active = true where not is_active", "staff", "is_active", "st-" },
            { "update registry.staff set is_program = false where sign_in = 'import'", "staff", "is_program", "st-" },
            { "update registry.staff set department = null where sign_in = 'bo'", "staff", "department", "st-" },
            {
                """
                    insert into registry.staff (id, sign_in, sign_in_key, name, roles, is_program, created_at)
                    values ('st-aaaaaaaaaaaaaaaa', 'eve', 'eve', 'eve', array['administrator'], false, now())
                    """,
                "staff",
                null,
                "st-aaaaaaaaaaaaaaaa"
            },
            { "update registry.api_token set roles = array['administrator'] where id = 2", "api_token", "roles", "2" },
            { "update registry.api_token set revoked_at = null where id = 1", "api_token", "revoked_at", "1" },
            { "update registry.api_token set expires_at = expires_at + interval '9 years' where id = 2", "api_token", "expires_at", "2" },
            { "update registry.api_token set sha256 = sha256('mine') where id = 2", "api_token", "sha256", "2" },
            // Notices.
            {
                "update registry.notice a set payload = b.payload from registry.notice b where a.place = 'gate' and b.sequence = 2",
                "notice",
                "hash",
                "gate 1"
            },
            {
                "update registry.notice set signature = reverse(signature) where place = 'gate'",
                "notice",
                "protected, payload, signature",
                "gate 1"
            },
            {
                "update registry.notice set issued_at = issued_at - interval '1 hour' where place = 'gate'",
                "notice",
                "issued_at",
                "gate 1"
            },
            {
                "update registry.notice set content_hash = repeat('0', 64) where place = 'lobby' and sequence = 2",
                "notice",
                "content_hash",
                "lobby 2"
            },
            { "delete from registry.notice where place = 'lobby' and sequence = 1", "notice", null, "lobby 1" },
        };

    [Fact]
    public async Task An_honest_month_over_all_acts_holds_and_nothing_is_left_uncompared()
    {
        await using var snapshot = await new LedgerSnapshots(month.Database.Source).OpenAsync(Cancellation);
        var finding = await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
        Assert.True(finding.Fault is null, finding.Fault);
        Assert.Empty(finding.NotHeld);
        Assert.Equal(await month.Database.AskAsync<long>("select size from registry.ledger_head"), finding.Entries);
    }

    [Fact]
    public async Task A_ledger_that_does_not_continue_a_given_checkpoint_is_found()
    {
        var head = await new LedgerLog(month.Database.Source).HeadAsync(Cancellation);
        var note = await month.Database.AskAsync<string>("select note from registry.ledger_checkpoint order by size limit 1");
        var earlier = Checkpoint.Read(month.Signer.Open(note!)!)!;
        Assert.InRange(earlier.Size, 1, head.Size - 1);
        Assert.Null(await VerifyAgainstAsync(earlier));
        Assert.Equal(
            $"The given checkpoint has {head.Size + 1} entries, and the ledger has only {head.Size}: it was cut back.",
            await VerifyAgainstAsync(earlier with { Size = head.Size + 1 })
        );
        Assert.Equal(
            $"The first {earlier.Size} entries are not those of the given checkpoint: the ledger has another history.",
            await VerifyAgainstAsync(earlier with { Root = head.Root() })
        );

        async Task<string?> VerifyAgainstAsync(Checkpoint against)
        {
            await using var snapshot = await new LedgerSnapshots(month.Database.Source).OpenAsync(Cancellation);
            return (await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, against, Cancellation)).Fault;
        }
    }

    [Theory]
    [MemberData(nameof(Alterations))]
    [MemberData(nameof(SignInAlterations.All), MemberType = typeof(SignInAlterations))]
    [MemberData(nameof(InventoryAlterations.All), MemberType = typeof(InventoryAlterations))]
    public async Task An_altered_row_is_named_with_its_table_and_column(string alteration, string table, string? column, string key)
    {
        await using var connection = await month.Database.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("set local session_replication_role = replica");
        await connection.ExecuteAsync(alteration);
        await using var snapshot = new TransactionSnapshot(connection);
        var finding = await LedgerVerifier.RunAsync(snapshot, month.Signer, month.NoticeKey, null, Cancellation);
        Assert.True(finding.TableFault is not null, $"{finding.Fault ?? "Nothing was found."}");
        Assert.Equal((table, column), (finding.TableFault.Table, finding.TableFault.Column));
        Assert.Contains(key, finding.TableFault.Key, StringComparison.Ordinal);
    }
}
