-- The ledger: numbered entries, the leaves of a Merkle tree (RFC 6962). It grows by one function only; nothing in it is ever changed.

create table registry.ledger_entry (
    index     bigint primary key check (index >= 0),
    at        timestamptz not null,
    kind      text not null check (kind ~ '^[a-z][a-z-]{0,63}$'),
    bytes     bytea not null check (octet_length(bytes) between 2 and 65535),
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32)
);
create index ledger_entry_by_time on registry.ledger_entry (at);
create index ledger_entry_by_kind on registry.ledger_entry (kind, index);

-- Roots of complete subtrees of 2^level leaves, level 8, 16, 24 …: what tiles above the lowest are made of.
create table registry.ledger_node (
    level int not null check (level > 0 and level % 8 = 0),
    index bigint not null,
    hash  bytea not null check (octet_length(hash) = 32),
    primary key (level, index)
);

-- How many entries there are, the roots of the perfect subtrees that they form (largest first), and when the last was made.
create table registry.ledger_head (
    only_one boolean primary key default true check (only_one),
    size     bigint not null,
    frontier bytea[] not null,
    last_at  timestamptz not null
);
insert into registry.ledger_head (size, frontier, last_at) values (0, '{}', '-infinity');

-- Appends one entry. Whoever appends holds the head until its transaction ends: numbers have no gap, times never go back.
create function registry.append_entry(p_at timestamptz, p_kind text, p_bytes bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    head  registry.ledger_head;
    hash  bytea := sha256('\x00'::bytea || p_bytes);
    level int := 0;
    number bigint;
begin
    select * into head from registry.ledger_head for update;
    if p_at < head.last_at then
        raise exception 'an entry of % cannot follow one of %', p_at, head.last_at;
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

-- What an older registry had written down moves into the ledger, in its order.
do $$
declare
    old record;
    entered bigint;
    happened timestamptz;
begin
    alter table registry.city drop constraint city_entry_fkey;
    alter table registry.wording drop constraint wording_entry_fkey;
    alter table registry.technology drop constraint technology_entry_fkey;
    alter table registry.instrument drop constraint instrument_entry_fkey;
    alter table registry.instrument_version drop constraint instrument_version_entry_fkey;
    alter table registry.place drop constraint place_entry_fkey;
    alter table registry.kiosk drop constraint kiosk_entry_fkey;
    alter table registry.device drop constraint device_entry_fkey;
    alter table registry.entry_file drop constraint entry_file_entry_fkey;
    for old in select * from registry.entry order by id loop
        happened := old.recorded_at;
        entered := registry.append_entry(happened, 'registry-opened', convert_to(format(
            '{"v":1,"at":"%s","kind":"registry-opened","by":{"role":"registry"},"body":{"files":[%s]}}',
            to_char(happened at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            (select string_agg(format('{"name":%s,"sha256":"%s"}', to_json(name), sha256), ',' order by name) from registry.entry_file where entry = old.id)), 'UTF8'));
        update registry.city set entry = entered where entry = old.id;
        update registry.wording set entry = entered where entry = old.id;
        update registry.technology set entry = entered where entry = old.id;
        update registry.instrument set entry = entered where entry = old.id;
        update registry.instrument_version set entry = entered where entry = old.id;
        update registry.place set entry = entered where entry = old.id;
        update registry.kiosk set entry = entered where entry = old.id;
        update registry.device set entry = entered where entry = old.id;
        update registry.entry_file set entry = entered where entry = old.id;
    end loop;
end $$;
drop table registry.entry;
alter table registry.entry_file rename to opening_file;
alter table registry.opening_file add foreign key (entry) references registry.ledger_entry;
alter table registry.city add foreign key (entry) references registry.ledger_entry;
alter table registry.wording add foreign key (entry) references registry.ledger_entry;
alter table registry.technology add foreign key (entry) references registry.ledger_entry;
alter table registry.instrument add foreign key (entry) references registry.ledger_entry;
alter table registry.instrument_version add foreign key (entry) references registry.ledger_entry;
alter table registry.place add foreign key (entry) references registry.ledger_entry;
alter table registry.kiosk add foreign key (entry) references registry.ledger_entry;
alter table registry.device add foreign key (entry) references registry.ledger_entry;
