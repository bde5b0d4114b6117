using SurveillanceRegistry.Postgres.Tests.Ledger;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>Alterations of what devices sign in with, and of what they are expected to do.</summary>
public static class SignInAlterations
{
    /// <summary>Each alteration, as in <see cref="LedgerSnapshotsTests.Alterations"/>.</summary>
    public static TheoryData<string, string, string?, string> All { get; } =
        new()
        {
            // What signs in.
            { "update registry.credential set sha256 = sha256('x') where holder = 'recorder-2'", "credential", "sha256", "recorder-2" },
            {
                "update registry.credential set sha256 = sha256('mine') where holder = 'lobby-cam-1' and ended_at is null",
                "credential",
                "sha256",
                "lobby-cam-1"
            },
            { "update registry.credential set sha256 = sha256('mine') where holder = 'unit-7'", "credential", "sha256", "unit-7 1" },
            {
                "update registry.credential set ended_at = ended_at + interval '1 day' where holder = 'gate-cam-1' and number = 1",
                "credential",
                "ended_at",
                "gate-cam-1 1"
            },
            {
                "update registry.credential set made_at = made_at - interval '1 day' where holder = 'unit-7'",
                "credential",
                "made_at",
                "unit-7 1"
            },
            {
                "update registry.credential set not_after = not_after + interval '9 years' where holder = 'gate-cam-1'",
                "credential",
                "not_after",
                "gate-cam-1"
            },
            {
                "update registry.credential set ended_at = made_at + interval '1 h' where holder = 'recorder-2' and kind = 'certificate'",
                "credential",
                "ended_at",
                "recorder-2"
            },
            {
                "update registry.credential set kind = 'certificate' where holder = 'recorder-2' and number = 1",
                "credential",
                "kind",
                "recorder-2 1"
            },
            {
                """
                    insert into registry.credential (holder, number, kind, sha256, made_at)
                    select 'lobby-cam-1', 99, 'certificate', sha256('mine'), now()
                    """,
                "credential",
                null,
                "lobby-cam-1 99"
            },
            { "delete from registry.credential where holder = 'unit-7'", "credential", null, "unit-7 1" },
            { "update registry.claim set sha256 = sha256('mine') where holder = 'unit-7'", "claim", null, "" },
            { "update registry.claim set holder = 'gate-cam-2' where holder = 'unit-7'", "claim", "holder", "" },
            { "update registry.claim set expires_at = expires_at + interval '1 year' where holder = 'unit-7'", "claim", "expires_at", "" },
            { "update registry.claim set used_at = null where used_at is not null", "claim", "used_at", "" },
            { "update registry.claim set ended_at = null where holder = 'recorder-2'", "claim", "ended_at", "" },
            { "update registry.claim set ended_at = null where holder = 'lobby-cam-1'", "claim", "ended_at", "" },
            { "delete from registry.claim where holder = 'unit-7'", "claim", null, "" },
            // What devices are expected to do.
            {
                """
                    update registry.expected set body = jsonb_set(body, '{capture,video}', '"off"')
                    where device = 'lobby-cam-1' and version = 2
                    """,
                "expected",
                "body.capture.video",
                "lobby-cam-1"
            },
            {
                "update registry.expected set body = body || '{\"rules\":[]}' where device = 'lobby-cam-1' and version = 2",
                "expected",
                "body.rules",
                "lobby-cam-1"
            },
            { "update registry.expected set version = 9 where device = 'unit-7'", "expected", "version", "unit-7" },
            { "delete from registry.expected where device = 'lobby-cam-1' and version = 1", "expected", "version", "lobby-cam-1" },
            { "delete from registry.expected where device = 'unit-7'", "expected", "body", "unit-7" },
        };
}
