-- 2026-11-30. Fleets are added, named, moved, given to another department and retired, and every version stays. The table fleet_base says what
-- holds now of each fleet, also of one of which only a device is known; the table fleet has the technologies that the ledger named for it.

drop trigger fleet_base_names_places on registry.fleet_base;
drop trigger fleet_base_changed on registry.fleet_base;

alter table registry.fleet_base rename column fleet to id;
alter table registry.fleet_base alter column department drop not null;
alter table registry.fleet_base add column body jsonb, add column version int not null default 1 check (version > 0);

alter table registry.inventory_version drop constraint inventory_version_register_check;
alter table registry.inventory_version add constraint inventory_version_register_check check (register in ('place', 'kiosk', 'fleet'));

create temporary table fleet_act on commit drop as
    select index as entry, at, kind, body->>'fleet' as fleet, body->>'department' as department, body->'places' as places
    from registry.ledger_entry cross join lateral (select convert_from(bytes, 'UTF8')::jsonb->'body' as body) one
    where kind in ('fleet-registered', 'fleet-based');

-- The first version is from the entry that named the fleet: of an older registry one that did not say what it made.
create temporary table fleet_first on commit drop as
    select fleet.id, coalesce(min(act.entry), min(fleet.entry)) as entry
    from registry.fleet
        left join fleet_act act on act.fleet = fleet.id and act.kind = 'fleet-registered'
            and not exists (select from fleet_act based where based.fleet = act.fleet and based.kind = 'fleet-based' and based.entry < act.entry)
    group by fleet.id;

insert into registry.inventory_version (register, id, version, holds_from, recorded_at, body, entry)
    select 'fleet', id, 1, at, at, jsonb_build_object('id', id, 'places', '[]'::jsonb), entry
    from fleet_first join registry.ledger_entry on index = entry
    union all
    select 'fleet', fleet, 1 + row_number() over (partition by fleet order by entry), at, at,
        jsonb_build_object('id', fleet, 'department', department, 'places', places), entry
    from fleet_act where kind = 'fleet-based';

update registry.fleet_base set
    entry = (select entry from fleet_first where fleet_first.id = fleet_base.id),
    (body, version) = (
        select body, version from registry.inventory_version
        where register = 'fleet' and inventory_version.id = fleet_base.id
        order by version desc limit 1
    );
insert into registry.fleet_base (id, places, body, entry)
    select id, '{}', jsonb_build_object('id', id, 'places', '[]'::jsonb), entry
    from fleet_first where not exists (select from registry.fleet_base where fleet_base.id = fleet_first.id);
alter table registry.fleet_base alter column body set not null;

insert into registry.ledger_kind (kind) values ('fleet-added'), ('fleet-revised');

-- Nothing that counts on a notice names a retired place, and no device that counts names a retired fleet.
create trigger fleet_base_names_places before insert or update on registry.fleet_base
    for each row when (coalesce(new.body->>'retired', 'false') <> 'true') execute function registry.fleet_base_names_places();
create trigger fleet_base_changed after insert or update on registry.fleet_base for each statement execute function registry.register_changed();

create function registry.fleet_is_not_retired() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.fleet_base where id = new.fleet and body->>'retired' = 'true') then
        raise exception 'fleet % is retired', new.fleet using errcode = 'check_violation', constraint = 'what_is_in_use_is_of_no_retired_fleet';
    end if;
    return new;
end $$;
create trigger device_is_of_no_retired_fleet before insert or update on registry.device
    for each row when (new.fleet is not null and new.body->>'lifecycle' <> 'removed') execute function registry.fleet_is_not_retired();

create function registry.retired_fleet_has_no_device() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.device where fleet = new.id and body->>'lifecycle' <> 'removed') then
        raise exception 'fleet % has devices', new.id using errcode = 'check_violation', constraint = 'what_is_in_use_is_of_no_retired_fleet';
    end if;
    return new;
end $$;
create trigger retired_fleet_has_no_device before update on registry.fleet_base
    for each row when (new.body->>'retired' = 'true') execute function registry.retired_fleet_has_no_device();

create or replace function registry.retired_place_is_not_in_use() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.device where place = new.id and body->>'lifecycle' <> 'removed')
        or exists (select from registry.kiosk where place = new.id and coalesce(body->>'removed', 'false') <> 'true')
        or exists (select from registry.fleet_base where places @> array[new.id] and coalesce(body->>'retired', 'false') <> 'true')
        or exists (select from registry.withdrawal where place = new.id and ended_entry is null) then
        raise exception 'place % is still in use', new.id using errcode = 'check_violation', constraint = 'what_is_in_use_is_at_no_retired_place';
    end if;
    return new;
end $$;

revoke all on function registry.fleet_is_not_retired(), registry.retired_fleet_has_no_device() from public;
