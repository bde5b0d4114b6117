-- What ends by itself or is taken back: certificates that expire, claim codes that nobody may use any more.

alter table registry.credential add column not_after timestamptz;
alter table registry.claim add column ended_at timestamptz;
create index claim_by_holder on registry.claim (holder) where used_at is null and ended_at is null;
grant update (ended_at) on registry.claim to registry_service;

create index reading_by_device on registry.reading (device, at);
create index reading_by_reader on registry.reading (reader, at);
