-- 2026-11-30. Places and kiosks are added, changed and retired. Every version stays, on both axes of time; the tables place and kiosk say what holds now.

create table registry.inventory_version (
    register    text not null check (register in ('place', 'kiosk')),
    id          text not null check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    version     int not null check (version > 0),
    holds_from  timestamptz not null,
    recorded_at timestamptz not null,
    body        jsonb not null,
    entry       bigint not null references registry.ledger_entry,
    primary key (register, id, version),
    constraint a_version_holds_from_no_later_than_it_was_recorded check (holds_from <= recorded_at)
);
create index inventory_version_by_entry on registry.inventory_version (entry, register, id);
grant select, insert on registry.inventory_version to registry_service;

-- What is registered already has one version, from the entry that made it.
insert into registry.inventory_version (register, id, version, holds_from, recorded_at, body, entry)
    select 'place', place.id, 1, at, at, body, entry from registry.place join registry.ledger_entry on index = entry
    union all select 'kiosk', kiosk.id, 1, at, at, body, entry from registry.kiosk join registry.ledger_entry on index = entry;

alter table registry.place add column version int not null default 1 check (version > 0);
alter table registry.kiosk add column version int not null default 1 check (version > 0);

insert into registry.ledger_kind (kind) values ('place-changed'), ('kiosk-changed');

-- Nothing that counts on a notice names a retired place. Every act on these tables holds the ledger's head, so no two overtake each other.
create function registry.place_is_not_retired() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.place where id = new.place and body->>'retired' = 'true') then
        raise exception 'place % is retired', new.place using errcode = 'check_violation', constraint = 'what_is_in_use_is_at_no_retired_place';
    end if;
    return new;
end $$;
create trigger device_is_at_no_retired_place before insert or update on registry.device
    for each row when (new.place is not null and new.body->>'lifecycle' <> 'removed') execute function registry.place_is_not_retired();
create trigger kiosk_is_at_no_retired_place before insert or update on registry.kiosk
    for each row when (coalesce(new.body->>'removed', 'false') <> 'true') execute function registry.place_is_not_retired();

create function registry.retired_place_is_not_in_use() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.device where place = new.id and body->>'lifecycle' <> 'removed')
        or exists (select from registry.kiosk where place = new.id and coalesce(body->>'removed', 'false') <> 'true')
        or exists (select from registry.fleet_base where places @> array[new.id])
        or exists (select from registry.withdrawal where place = new.id and ended_entry is null) then
        raise exception 'place % is still in use', new.id using errcode = 'check_violation', constraint = 'what_is_in_use_is_at_no_retired_place';
    end if;
    return new;
end $$;
create trigger retired_place_is_not_in_use before update on registry.place
    for each row when (new.body->>'retired' = 'true') execute function registry.retired_place_is_not_in_use();

create or replace function registry.fleet_base_names_places() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (
        select from unnest(new.places) named (place)
        where not exists (select from registry.place where id = named.place and coalesce(body->>'retired', 'false') <> 'true')
    ) then
        raise exception 'a fleet works from registered places only' using errcode = 'foreign_key_violation';
    end if;
    return new;
end $$;

revoke all on function registry.place_is_not_retired(), registry.retired_place_is_not_in_use() from public;

-- Every place reads the register again when one of these changes: a notification may be lost.
create trigger place_changed after insert or update on registry.place for each statement execute function registry.register_changed();
create trigger kiosk_changed after insert or update on registry.kiosk for each statement execute function registry.register_changed();
create trigger fleet_base_changed after insert or update on registry.fleet_base for each statement execute function registry.register_changed();

create index kiosk_by_place on registry.kiosk (place);
