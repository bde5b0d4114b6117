-- The log's days come and go while heartbeats are written and somebody reads. What has to be locked for a moment is waited for so short a while that
-- nobody who writes notices; whoever calls these comes back later when somebody reads for long. (A reader holds every part of the log until its
-- transaction ends; who waits to change the log's parts stands before every heartbeat that comes after.)

-- As before. A day is made apart and joined to the log, which locks only the day and the part for wrong clocks; heartbeats go on.
create or replace function registry.open_heartbeat_days(p_ahead int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
declare
    today  date := (now() at time zone 'UTC')::date;
    day    date;
    begins timestamptz;
    ends   timestamptz;
    name   text;
begin
    perform pg_advisory_xact_lock(8);
    for day in select generate_series(today, today + p_ahead, interval '1 day')::date loop
        name := 'heartbeat_' || to_char(day, 'YYYYMMDD');
        begins := day::timestamp at time zone 'UTC';
        ends := (day + 1)::timestamp at time zone 'UTC';
        -- Rows of a wrong clock hold the day already, when there are any: nothing has to be locked to see that.
        if to_regclass('registry.' || name) is null and not exists (select from registry.heartbeat_other where received_at >= begins and received_at < ends) then
            begin
                execute format('create table registry.%I (like registry.heartbeat including defaults including constraints)', name);
                execute format('grant select, insert on registry.%I to registry_service', name);
                execute format('alter table registry.heartbeat attach partition registry.%I for values from (%L) to (%L)', name, begins, ends);
            exception
                when invalid_object_definition or check_violation then null; -- The first part, or rows of a wrong clock, hold that day already.
            end;
        end if;
    end loop;
end $$;

-- The oldest part of the log that ended so many days ago, and how many heartbeats it holds; none can come to it until the transaction ends, and who
-- reads it goes on. When there is none: what a wrong clock brought into the log goes at once, and how much it was is said in the same way.
drop function registry.drop_heartbeat_days(int);
create function registry.end_heartbeat_day(p_keep int) returns table (part text, beats bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
declare
    before timestamptz := ((now() at time zone 'UTC')::date - p_keep)::timestamp at time zone 'UTC';
begin
    if p_keep < 1 then
        raise exception 'heartbeats are kept at least one day, not %', p_keep;
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

create function registry.ended_heartbeat_days(p_before timestamptz) returns table (part text, ends timestamptz)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select c.relname, e.ends
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    cross join lateral (select substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([^'']+)''\)')::timestamptz as ends) e
    where i.inhparent = 'registry.heartbeat'::regclass and e.ends <= p_before
$$;

-- Drops a part that ended so many days ago. Stops the log for as long as that takes, and for no longer than it may wait: what takes long is done before.
create function registry.drop_heartbeat_day(p_part text, p_keep int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
begin
    if p_keep < 1 then
        raise exception 'heartbeats are kept at least one day, not %', p_keep;
    end if;
    if exists (select from registry.ended_heartbeat_days(((now() at time zone 'UTC')::date - p_keep)::timestamp at time zone 'UTC') where part = p_part) then
        execute format('drop table registry.%I', p_part);
    end if;
end $$;

revoke all on function registry.ended_heartbeat_days(timestamptz), registry.end_heartbeat_day(int), registry.drop_heartbeat_day(text, int) from public;
grant execute on function registry.end_heartbeat_day(int), registry.drop_heartbeat_day(text, int) to registry_service;

-- A place reads its own devices, and no others.
create index device_by_place on registry.device (place) where place is not null;
