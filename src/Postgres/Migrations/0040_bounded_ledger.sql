-- The service can append only known kinds of entries, and only with a time within a second of the database's clock. It can see which version the schema has.

-- Every kind of entry. A migration adds a kind; the service cannot.
create table registry.ledger_kind (
    kind text primary key check (kind ~ '^[a-z][a-z-]{0,63}$')
);
insert into registry.ledger_kind (kind) values
    ('registry-opened'), ('document-recorded'), ('rule-switched'), ('notice-issued'), ('staff-right-changed'),
    ('device-registered'), ('device-changed'), ('device-clock-reset'), ('fleet-registered'), ('gateway-registered'), ('gateway-changed'),
    ('credential-issued'), ('credentials-issued'), ('credential-ended'), ('claim-made'), ('claim-used'),
    ('heartbeats-purged'), ('history-digest'), ('clock-stepped'), ('place-registered'), ('kiosk-registered'), ('absence-confirmed'), ('fleet-based'),
    ('change-drafted'), ('change-revised'), ('change-submitted'), ('change-approved'), ('change-rejected'), ('change-withdrawn'), ('change-reopened');
revoke all on registry.ledger_kind from public;
grant select on registry.ledger_kind to registry_service;

-- How far the service's clock may be from the database's. Only the owner can change it.
alter table registry.ledger_head add column clock_tolerance interval not null default interval '1 second';

-- As before: the transaction that appends holds the head. The time is the service's, but never further from the database's clock than the
-- tolerance, and always later than the last.
create or replace function registry.take_head(p_now timestamptz) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    head registry.ledger_head;
begin
    select * into head from registry.ledger_head for update;
    return greatest(
        head.last_at + interval '1 microsecond',
        least(greatest(p_now, clock_timestamp() - head.clock_tolerance), clock_timestamp() + head.clock_tolerance));
end $$;

-- As before, with bounds. A transaction gives all its entries one time: it began at most the tolerance before that time, and the time is at most the
-- tolerance ahead of the clock. When the clock was set back, times go on in steps of a microsecond until the clock has caught up.
create or replace function registry.append_entry(p_at timestamptz, p_kind text, p_bytes bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    head  registry.ledger_head;
    hash  bytea := sha256('\x00'::bytea || p_bytes);
    level int := 0;
    number bigint;
begin
    select * into head from registry.ledger_head for update;
    if not exists (select from registry.ledger_kind where kind = p_kind) then
        raise exception 'The ledger has no entries of the kind %.', p_kind
            using errcode = 'check_violation', constraint = 'an_entry_is_of_a_known_kind';
    end if;
    if p_at < head.last_at then
        raise exception 'an entry of % cannot follow one of %', p_at, head.last_at;
    end if;
    if p_at < now() - head.clock_tolerance
        or p_at > greatest(clock_timestamp() + head.clock_tolerance, head.last_at + interval '1 microsecond') then
        raise exception 'An entry of % is further than % from the clock of the database, which shows %.', p_at, head.clock_tolerance, clock_timestamp()
            using errcode = 'check_violation', constraint = 'an_entry_has_the_time_of_the_database';
    end if;
    number := head.size;
    insert into registry.ledger_entry (index, at, kind, bytes, leaf_hash) values (number, p_at, p_kind, p_bytes, hash);
    while (number >> level) & 1 = 1 loop
        hash := sha256('\x01'::bytea || head.frontier[cardinality(head.frontier)] || hash);
        head.frontier := head.frontier[1:cardinality(head.frontier) - 1];
        level := level + 1;
        if level % 8 = 0 then
            insert into registry.ledger_node (level, index, hash) values (level, number >> level, hash);
        end if;
    end loop;
    update registry.ledger_head set size = number + 1, frontier = head.frontier || hash, last_at = p_at;
    return number;
end $$;

-- The service compares the schema with its own version, and does not start on an older one.
do $$
begin
    if to_regclass('public.registry_migration') is not null then
        grant select on public.registry_migration to registry_service;
    end if;
end $$;
