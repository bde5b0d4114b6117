-- The places that the people of a fleet work from: their notices name the fleet. It says nothing about a single unit, so that it stands in the ledger.
create table registry.fleet_base (
    fleet      text primary key check (fleet ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    department text not null,
    places     text[] not null,
    entry      bigint not null references registry.ledger_entry
);

-- A foreign key cannot look into an array.
create function registry.fleet_base_names_places() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from unnest(new.places) named (place) where not exists (select from registry.place where id = named.place)) then
        raise exception 'a fleet works from registered places only' using errcode = 'foreign_key_violation';
    end if;
    return new;
end $$;
create trigger fleet_base_names_places before insert or update on registry.fleet_base
    for each row execute function registry.fleet_base_names_places();

create index mobile_act_by_fleet on registry.mobile_act (fleet);

revoke all on function registry.fleet_base_names_places() from public;
grant select, insert, update on registry.fleet_base to registry_service;
