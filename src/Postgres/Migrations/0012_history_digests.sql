-- Days of the history of devices that were closed. What stands in the ledger is a digest with a salt: it covers units that move too, and nothing
-- about any of them can be guessed from it. The salt, the numbers of the rows and how many heartbeats there were stay here, and are held by the digest.

create table registry.history_digest (
    entry   bigint primary key references registry.ledger_entry,
    since   timestamptz unique,
    until   timestamptz not null unique,
    after   bigint not null unique,
    last    bigint not null check (last >= after),
    beats   bigint not null check (beats >= 0),
    salt    bytea not null check (octet_length(salt) = 32),
    check (since < until)
);
create unique index one_first_history_digest on registry.history_digest ((since is null)) where since is null;
grant select, insert on registry.history_digest to registry_service;

-- As before, and what a wrong clock brought into the log is counted too when it goes.
create or replace function registry.drop_heartbeat_days(p_keep int) returns table (part text, beats bigint)
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
    get diagnostics beats = row_count;
    if beats > 0 then
        part := 'heartbeat_other';
        return next;
    end if;
end $$;
