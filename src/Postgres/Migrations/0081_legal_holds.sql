-- 2026-11-30. A legal hold: while one stands on records, none of them is deleted at the end of their retention. The rule is in the functions that
-- delete, so that no other program forgets it.

create table registry.legal_hold (
    entry          bigint primary key references registry.ledger_entry,
    records        text not null check (records in ('heartbeats', 'security-log')),
    reference      text not null check (reference = btrim(reference) and char_length(reference) between 1 and 120),
    salt           bytea not null check (octet_length(salt) = 32),
    placed_at      timestamptz not null,
    released_entry bigint unique references registry.ledger_entry,
    released_at    timestamptz,
    constraint a_hold_is_released_after_it_was_placed check (released_entry > entry),
    constraint a_release_has_an_entry_and_a_time check ((released_entry is null) = (released_at is null))
);
create index legal_hold_standing on registry.legal_hold (records) where released_entry is null;
grant select, insert, update (released_entry, released_at) on registry.legal_hold to registry_service;
insert into registry.ledger_kind (kind) values ('legal-hold-placed'), ('legal-hold-released');

create function registry.is_held(p_records text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from registry.legal_hold where records = p_records and released_entry is null)
$$;
revoke all on function registry.is_held(text) from public;

-- As before, but none while heartbeats are held.
create or replace function registry.end_heartbeat_day(p_keep int) returns table (part text, beats bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
declare
    before timestamptz := ((now() at time zone 'UTC')::date - p_keep)::timestamp at time zone 'UTC';
begin
    if p_keep < 1 then
        raise exception 'heartbeats are kept at least one day, not %', p_keep;
    end if;
    if registry.is_held('heartbeats') then
        return;
    end if;
    perform pg_advisory_xact_lock(8);
    select ended.part into part from registry.ended_heartbeat_days(before) ended order by ended.ends limit 1;
    if part is not null then
        execute format('lock table registry.%I in share mode', part);
        execute format('select count(*) from registry.%I', part) into beats;
        return next;
        return;
    end if;
    delete from registry.heartbeat_other where received_at < before;
    get diagnostics beats = row_count;
    if beats > 0 then
        part := 'heartbeat_other';
        return next;
    end if;
end $$;

-- As before. A hold that was placed since the day was ended stops it: the transaction that drops holds the ledger's head by now, so that none can be
-- placed after this was asked.
create or replace function registry.drop_heartbeat_day(p_part text, p_keep int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
begin
    if p_keep < 1 then
        raise exception 'heartbeats are kept at least one day, not %', p_keep;
    end if;
    if registry.is_held('heartbeats') then
        raise exception 'a legal hold on heartbeats was placed: % is not dropped', p_part;
    end if;
    if exists (select from registry.ended_heartbeat_days(((now() at time zone 'UTC')::date - p_keep)::timestamp at time zone 'UTC') where part = p_part) then
        execute format('drop table registry.%I', p_part);
    end if;
end $$;

-- As before, but none while the log is held.
create or replace function registry.drop_security_events(p_days int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    deleted bigint;
begin
    if p_days < 30 then
        raise exception 'events of the security log are stored at least 30 days, not %', p_days;
    end if;
    if registry.is_held('security-log') then
        return 0;
    end if;
    delete from registry.security_event where last_at < now() - make_interval(days => p_days);
    get diagnostics deleted = row_count;
    return deleted;
end $$;
