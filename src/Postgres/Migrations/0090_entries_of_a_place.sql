-- 2026-11-30. Finds the devices that entries named at a place without reading all entries of all devices: any reader may ask what was at a place.

-- Immutable, as an index needs it: the encoding of the database is fixed. Entries that were tampered with name no place.
create function registry.place_of(p_entry bytea) returns text
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
declare
    said jsonb;
begin
    said := convert_from(p_entry, 'UTF8')::jsonb->'body';
    return coalesce(said->'registered', said)->>'place';
exception when others then
    return null;
end $$;
create index ledger_entry_by_place on registry.ledger_entry (registry.place_of(bytes), index)
    where kind in ('device-registered', 'device-changed');

revoke all on function registry.place_of(bytea) from public;
grant execute on function registry.place_of(bytea) to registry_service;
