-- What is expected of each device, in versions; and a number that grows with every change of the register of devices.

create table registry.expected (
    entry   bigint generated always as identity unique,
    device  text not null references registry.device,
    version int not null check (version > 0),
    at      timestamptz not null,
    body    jsonb not null,
    primary key (device, version)
);

create table registry.register_version (
    only_one boolean primary key default true check (only_one),
    version  bigint not null
);
insert into registry.register_version (version) values (1);

create function registry.register_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update registry.register_version set version = version + 1;
    return null;
end $$;
create trigger device_changed after insert or update on registry.device for each statement execute function registry.register_changed();

grant select, insert on registry.expected to registry_service;
grant select on registry.register_version to registry_service;
