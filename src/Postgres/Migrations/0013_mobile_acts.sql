-- What is done to a single mobile unit is kept here and not in the ledger, which everybody reads at once. The days' digests hold it, so that it cannot be
-- changed unseen; and each act says how the unit was registered from then on, so that a fleet can be counted as it was at any instant.

create table registry.mobile_act (
    number     bigint generated always as identity primary key,
    at         timestamptz not null,
    act        text not null check (act ~ '^[a-z][a-z-]{0,63}$'),
    by         jsonb not null,
    device     text not null,
    fleet      text not null,
    kind       text not null,
    department text not null,
    lifecycle  text not null,
    body       jsonb not null
);
create index mobile_act_by_device on registry.mobile_act (device, number desc);
create index mobile_act_by_time on registry.mobile_act (at);

-- A mobile unit that is registered from now on has no entry of its own.
alter table registry.device alter column entry drop not null, add constraint a_fixed_device_has_an_entry check (place is null or entry is not null);

-- What the ledger says of fleets: that there are units of a technology. Said once.
create table registry.fleet (
    id         text not null check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    technology text not null,
    entry      bigint not null references registry.ledger_entry,
    primary key (id, technology)
);

-- Units that are registered already: by whom and when, as the entry that they came with says.
insert into registry.mobile_act (at, act, by, device, fleet, kind, department, lifecycle, body)
select at, 'device-registered', convert_from(bytes, 'UTF8')::jsonb->'by', id, fleet, body->>'kind', body->>'department', body->>'lifecycle',
    jsonb_strip_nulls(jsonb_build_object('sensors', body->'sensors', 'gateway', body->'gateway', 'deadlineSeconds', body->'deadlineSeconds'))
from registry.device join registry.ledger_entry on index = entry where fleet is not null order by entry, slot;
insert into registry.fleet (id, technology, entry)
select fleet, case body->>'kind' when 'body-worn' then 'body-worn-video' when 'in-car' then 'in-car-video' else 'alpr' end, min(entry)
from registry.device where fleet is not null group by 1, 2;

-- Each holder's credentials are numbered by themselves. The numbers of fixed devices' credentials stand in the ledger: if they were shared with mobile
-- units, the gaps would tell how many of those were given one meanwhile.
alter table registry.credential alter column number drop identity, drop constraint credential_pkey, add primary key (holder, number);
create function registry.number_credential() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    select coalesce(max(number), 0) + 1 into new.number from registry.credential where holder = new.holder;
    return new;
end $$;
create trigger credential_is_numbered before insert on registry.credential for each row execute function registry.number_credential();

-- How many heartbeats a part of the log had when it was dropped: over all units, so that whoever knows the fixed ones could subtract them. The ledger has a salted hash.
create table registry.dropped_heartbeats (
    entry bigint primary key references registry.ledger_entry,
    part  text not null,
    beats bigint not null check (beats >= 0),
    salt  bytea not null check (octet_length(salt) = 32)
);

-- Digests from now on hold the acts of mobile units too, and the times in which the registry could see by their numbers: a clock that is set back writes
-- times into days that are closed. One without these numbers is of the first version, which knew none.
alter table registry.history_digest add column acts_after bigint, add column acts_last bigint, add column watch_after bigint, add column watch_last bigint,
    add check ((acts_after is null) = (acts_last is null)), add check (acts_last >= acts_after),
    add check ((acts_last is null) = (watch_last is null)), add check ((watch_after is null) = (watch_last is null)), add check (watch_last >= watch_after);
-- After a day on which nothing changed, the next begins at the same number.
alter table registry.history_digest drop constraint history_digest_after_key;

revoke all on function registry.number_credential() from public;
grant select, insert on registry.mobile_act, registry.fleet, registry.dropped_heartbeats to registry_service;
