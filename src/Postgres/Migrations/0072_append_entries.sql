-- 2026-11-30. Appends many entries of one kind in one call, with the bounds of append_entry. It reads and writes the head once: ten thousand
-- updates of one row within a transaction make each next one slower.
create function registry.append_entries(p_at timestamptz, p_kind text, p_entries bytea[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    head   registry.ledger_head;
    bytes  bytea;
    hash   bytea;
    leaf   bytea;
    level  int;
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
    foreach bytes in array p_entries loop
        leaf := sha256('\x00'::bytea || bytes);
        insert into registry.ledger_entry (index, at, kind, bytes, leaf_hash) values (number, p_at, p_kind, bytes, leaf);
        hash := leaf;
        level := 0;
        while (number >> level) & 1 = 1 loop
            hash := sha256('\x01'::bytea || head.frontier[cardinality(head.frontier)] || hash);
            head.frontier := head.frontier[1:cardinality(head.frontier) - 1];
            level := level + 1;
            if level % 8 = 0 then
                insert into registry.ledger_node (level, index, hash) values (level, number >> level, hash);
            end if;
        end loop;
        head.frontier := head.frontier || hash;
        number := number + 1;
    end loop;
    update registry.ledger_head set size = number, frontier = head.frontier, last_at = p_at;
    return head.size;
end $$;
revoke all on function registry.append_entries(timestamptz, text, bytea[]) from public;
grant execute on function registry.append_entries(timestamptz, text, bytea[]) to registry_service;
