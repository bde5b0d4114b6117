-- The security log: apart from the server's log and from the ledger, which is public for ever. It has opaque ids, closed words and network addresses.

create table registry.security_event (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    last_at timestamptz not null,
    times   int not null default 1 check (times > 0),
    kind    text not null check (kind ~ '^[a-z][a-z-]{0,39}$'),
    actor   text check (length(actor) <= 40),
    subject text check (length(subject) <= 40),
    token   bigint,
    address text not null check (length(address) <= 64),
    detail  text check (detail ~ '^[a-z][a-z-]{0,39}$'),
    minute  timestamptz,
    constraint an_event_ends_after_it_began check (last_at >= at)
);
-- Events that strangers can cause at will are counted by the minute.
create unique index security_event_by_minute on registry.security_event (minute, kind, actor, subject, token, address, detail)
    nulls not distinct where minute is not null;
create index security_event_by_time on registry.security_event (last_at);
create index security_event_by_actor on registry.security_event (actor, id);
create index security_event_by_subject on registry.security_event (subject, id);

-- The service deletes only what is old: an intruder with its rights cannot remove the traces of the last month.
create function registry.drop_security_events(p_days int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    deleted bigint;
begin
    if p_days < 30 then
        raise exception 'events of the security log are stored at least 30 days, not %', p_days;
    end if;
    delete from registry.security_event where last_at < now() - make_interval(days => p_days);
    get diagnostics deleted = row_count;
    return deleted;
end $$;
revoke all on function registry.drop_security_events(int) from public;
grant execute on function registry.drop_security_events(int) to registry_service;
grant select, insert, update (times, last_at) on registry.security_event to registry_service;

-- The daily digest holds the readings of single mobile devices too, by their numbers.
alter table registry.history_digest add column readings_after bigint, add column readings_last bigint,
    add check ((readings_after is null) = (readings_last is null)), add check (readings_last >= readings_after);
