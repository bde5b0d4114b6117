-- Presence of many devices: partitions by number, a log in days that can be dropped, owners of partitions, and when the registry itself could see.

-- A device's partition follows from its number, so that a partition is a dense array.
drop index registry.device_by_part;
alter table registry.device drop column part;
alter table registry.device add column part smallint generated always as (slot % 256) stored;
create index device_by_part on registry.device (part);

-- A unit whose clock fell back: what it said before this instant orders nothing any more.
alter table registry.device add column epochs_from timestamptz;

-- The log, in days. What was there before becomes its first part.
alter table registry.heartbeat add column session bigint not null default 0, add column is_life boolean not null default true;
-- The same guard as before without a regular expression, which would cost more than the rest of the row.
alter table registry.heartbeat drop constraint heartbeat_firmware_check,
    add constraint heartbeat_firmware check (octet_length(firmware) between 1 and 29 and translate(firmware, '0123456789.', '') = '');
alter table registry.heartbeat rename to heartbeat_first;
alter index registry.heartbeat_by_device rename to heartbeat_first_by_device;
create table registry.heartbeat (like registry.heartbeat_first including defaults including constraints) partition by range (received_at);
create index heartbeat_by_device on registry.heartbeat (slot, epoch desc, seq desc);
do $$
begin
    execute format('alter table registry.heartbeat attach partition registry.heartbeat_first for values from (minvalue) to (%L)', ((now() at time zone 'UTC')::date + 1)::timestamp at time zone 'UTC');
end $$;
-- A clock that was set wrongly must not stop the log.
create table registry.heartbeat_other partition of registry.heartbeat default;

-- Makes the log's parts of today and the days ahead that are not there yet. The registry may call this; it may make nothing else.
create function registry.open_heartbeat_days(p_ahead int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := (now() at time zone 'UTC')::date;
    day   date;
    name  text;
begin
    perform pg_advisory_xact_lock(8);
    for day in select generate_series(today, today + p_ahead, interval '1 day')::date loop
        name := 'heartbeat_' || to_char(day, 'YYYYMMDD');
        if to_regclass('registry.' || name) is null then
            begin
                execute format('create table registry.%I partition of registry.heartbeat for values from (%L) to (%L)', name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
                execute format('grant select, insert on registry.%I to registry_service', name);
            exception
                when invalid_object_definition or check_violation then null; -- The first part, or rows of a wrong clock, hold that day already.
            end;
        end if;
    end loop;
end $$;

-- Drops the log's parts that ended so many days ago; says what it dropped. Nothing younger than a day can be dropped.
create function registry.drop_heartbeat_days(p_keep int) returns table (part text, beats bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := (now() at time zone 'UTC')::date;
    found record;
begin
    if p_keep < 1 then
        raise exception 'heartbeats are kept at least one day, not %', p_keep;
    end if;
    perform pg_advisory_xact_lock(8);
    for found in
        select c.relname as name, substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([^'']+)''\)')::timestamptz as ends
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'registry.heartbeat'::regclass and pg_get_expr(c.relpartbound, c.oid) like '%TO (''%' order by c.relname
    loop
        if found.ends <= (today - p_keep)::timestamp at time zone 'UTC' then
            part := found.name;
            execute format('select count(*) from registry.%I', found.name) into beats;
            execute format('drop table registry.%I', found.name);
            return next;
        end if;
    end loop;
    delete from registry.heartbeat_other where received_at < (today - p_keep)::timestamp at time zone 'UTC';
end $$;
select registry.open_heartbeat_days(2);

-- Who keeps a partition. A process that lost it can write down nothing more.
create table registry.partition_owner (
    part  smallint primary key check (part between 0 and 255),
    epoch bigint not null
);
insert into registry.partition_owner (part, epoch) select part, 0 from generate_series(0, 255) part;

-- A unit may come to the same state twice within one number: flapping, the registry's own blindness.
alter table registry.observation drop constraint observation_device_epoch_seq_presence_key;
create index observation_by_time on registry.observation (device, at);

-- When the registry itself was able to see: between these periods nobody knows.
create table registry.watch (
    id      bigint generated always as identity primary key,
    from_at timestamptz not null,
    to_at   timestamptz not null
);
create index watch_by_time on registry.watch (to_at);

grant select, insert on registry.heartbeat, registry.heartbeat_first, registry.heartbeat_other to registry_service;
grant select, update on registry.partition_owner to registry_service;
grant select, insert, update on registry.watch to registry_service;
revoke all on function registry.open_heartbeat_days(int), registry.drop_heartbeat_days(int) from public;
grant execute on function registry.open_heartbeat_days(int), registry.drop_heartbeat_days(int) to registry_service;
