using System.Collections.Frozen;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Domain.Ledger.Replay.Devices;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>
/// For each table that is replayed from the ledger, the statement that reads its rows as text: times as entries write them, hashes in
/// hexadecimal, the columns in the order in which the Domain compares them. A number is sorted by its qualified name: without the table's
/// name PostgreSQL would sort the text that is selected.
/// </summary>
internal static class TableQueries
{
    private static readonly FrozenDictionary<string, string> Queries = new Dictionary<string, string>
    {
        ["revision"] = $"""
            select entry::text, kind, id, number::text, position::text, {Time("recorded_at")}, change::text, body
            from registry.revision
            order by revision.entry, kind, id, revision.number
            """,
        ["change_step"] = $"""
            select step.entry::text, step.change::text, number::text, step, {Time("at")}, staff, role, department,
                program::text, note,
                encode(request.salt, 'hex')
            from registry.change_step step join registry.change_request request on request.id = step.change
            order by step.entry, step.change, step.number
            """,
        ["change_request"] = $"""
            select id::text, version::text, state, author, author_role, author_department, author_program::text,
                {Time("drafted_at")},
                {Time("submitted_at")}, decider, {Time("decided_at")}, reason, body::text, encode(salt, 'hex')
            from registry.change_request
            order by id
            """,
        ["rule_period"] = $"""
            select instrument, technology, number::text,
                '[' || coalesce(to_char(lower(effective), 'YYYY-MM-DD'), '') || ','
                    || coalesce(to_char(upper(effective), 'YYYY-MM-DD'), '') || ')',
                {Time("lower(recorded)")}, {Time("upper(recorded)")}
            from registry.rule_period
            order by instrument, lower(recorded), technology, number
            """,
        ["opening_file"] = "select entry::text, name, sha256 from registry.opening_file order by entry, name",
        ["turned_day"] = "select to_char(day, 'YYYY-MM-DD'), entry::text from registry.turned_day order by day",
        ["place"] = "select id, body::text, entry::text, version::text from registry.place order by id",
        ["kiosk"] = "select id, place, body::text, entry::text, version::text from registry.kiosk order by id",
        ["inventory_version"] = $"""
            select entry::text, register, id, version::text, {Time("holds_from")}, {Time("recorded_at")}, body::text
            from registry.inventory_version
            order by inventory_version.entry, register, id
            """,
        ["device"] = $"""
            select id, place, fleet, body::text, entry::text, {Time("epochs_from")}, version::text, slot::text
            from registry.device
            where place is not null
            order by device.slot
            """,
        [MobileDevices] = $"""
            with acts as (
                select device,
                    count(*) filter (where act in ('device-registered', 'device-changed')) as versions,
                    max(number) filter (where act in ('device-registered', 'device-changed')) as last,
                    max(number) filter (where act = 'device-clock-reset') as reset
                from registry.mobile_act
                group by device
            ),
            last as (
                select acts.device, acts.versions, act.fleet, act.kind, act.department, act.lifecycle, act.body,
                    acts.reset is not null as has_reset, reset.body->>'epochsFrom' as epochs_from
                from acts
                join registry.mobile_act act on act.number = acts.last
                left join registry.mobile_act reset on reset.number = acts.reset
            ),
            mobile as (select * from registry.device where place is null)
            select coalesce(mobile.id, last.device), mobile.fleet, mobile.body::text, {Time("mobile.epochs_from")}, mobile.version::text,
                last.fleet, last.kind, last.department, last.lifecycle, last.body::text, last.versions::text, last.epochs_from,
                last.has_reset::text
            from mobile full join last on last.device = mobile.id
            order by 1
            """,
        ["gateway"] = "select id, department, profile, removed::text, version::text, entry::text from registry.gateway order by id",
        ["fleet"] = "select id, technology, entry::text from registry.fleet order by id, technology",
        ["fleet_base"] = """
            select id, department, array_to_string(places, ','), body::text, entry::text, version::text
            from registry.fleet_base
            order by id
            """,
        ["listed_name"] = "select entry::text, list, of_name, name from registry.listed_name order by listed_name.entry",
        ["list_import"] = $"""
            select id, list, file_sha256, format, added::text, changed::text, removed::text, entry::text, undone_entry::text,
                {Time("recorded_at")}
            from registry.list_import
            order by list_import.entry
            """,
        ["legal_hold"] = $"""
            select entry::text, records, encode(sha256(salt || convert_to(reference, 'UTF8')), 'hex'), {Time("placed_at")},
                released_entry::text, {Time("released_at")}
            from registry.legal_hold
            order by legal_hold.entry
            """,
        ["withdrawal"] = $"""
            select entry::text, device, place, captures::text, {Time("at")}, staff, ended_entry::text
            from registry.withdrawal
            order by withdrawal.entry
            """,
        ["absence_confirmation"] = $"""
            select entry::text, device, place, {Time("at")}, staff from registry.absence_confirmation order by absence_confirmation.entry
            """,
        ["staff"] = """
            select id, department, array_to_string(roles, ','), is_program::text, is_active::text from registry.staff order by id
            """,
        ["api_token"] = $"""
            select id::text, staff, array_to_string(roles, ','), encode(sha256(sha256), 'hex'), {Time("created_at")},
                {Time("expires_at")}, {Time("revoked_at")}
            from registry.api_token
            order by id
            """,
        ["restoration"] = "select entry::text, notices_from::text from registry.restoration order by restoration.entry",
        ["drill"] = $"""
            select entry::text, {Time("at")}, holds::text from registry.drill order by drill.entry
            """,
        ["credential"] = $"""
            select holder, number::text, kind, encode(sha256(sha256), 'hex'), {Time("made_at")}, {Time("not_after")}, {Time("ended_at")},
                {Time("lead(made_at) over (partition by holder, kind order by credential.number)")}
            from registry.credential
            order by holder, credential.number
            """,
        ["claim"] = $"""
            select encode(sha256(sha256), 'hex'), holder, {Time("made_at")}, {Time("expires_at")}, {Time("used_at")}, {Time("ended_at")}
            from registry.claim
            order by holder, made_at
            """,
        [ExpectedStateRows.Name] = $"""
            with newest as (
                select distinct on (device) device, version, body from registry.expected order by device, version desc
            ),
            versions as (select device, count(*) as number from registry.expected group by device)
            select device.body->>'kind', device.body->>'department', (device.body->'sensors')::text,
                (device.body->>'lifecycle' = 'active')::text, newest.body::text, count(*)::text, min(id),
                min(id) filter (where newest.version <> versions.number),
                {Time("(select max(at) from registry.mobile_act where act in ('device-registered', 'device-changed'))")},
                {Time("(select done_at from registry.expected_pass)")},
                (select (done_at = begun_at)::text from registry.expected_pass),
                (select rules from registry.expected_pass)
            from registry.device
            left join newest on newest.device = id
            left join versions on versions.device = id
            group by 1, 2, 3, 4, 5
            order by min(id)
            """,
        [MobileCredentialRows.Name] = $"""
            select number::text, {Time("at")}, act, device, body::text
            from registry.mobile_act
            where act in ('credential-issued', 'credential-ended', 'claim-made', 'claim-used')
                or act = 'device-changed' and lifecycle = 'removed'
            order by mobile_act.number
            """,
        ["notice"] = $"""
            select place, sequence::text, {Time("issued_at")}, payload, protected, signature, hash, content_hash
            from registry.notice
            order by place, sequence
            """,
    }.ToFrozenDictionary();

    /// <summary>The rows that have a mobile device and its acts.</summary>
    private const string MobileDevices = MobileDeviceRows.Name;

    /// <summary>The statement for a table.</summary>
    public static string For(string table) => Queries[table];

    private static string Time(string column) => $"to_char({column} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
}
