-- 2026-11-30. Finds the changes of one fixed device without reading those of all others: any reader may ask what was registered of it.

-- Immutable, as an index needs it: the encoding of the database is fixed. Entries that were tampered with name no device.
create function registry.device_of(p_entry bytea) returns text
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
begin
    return convert_from(p_entry, 'UTF8')::jsonb->'body'->>'id';
exception when others then
    return null;
end $$;
create index ledger_entry_by_device on registry.ledger_entry (registry.device_of(bytes), index) where kind = 'device-changed';

revoke all on function registry.device_of(bytea) from public;
grant execute on function registry.device_of(bytea) to registry_service;
