-- 2026-11-30. The lists of cities: the file, kept by the hash of its bytes; a draft while a person decides; what was recorded, and what it did to each device.
create table registry.list_file (
    sha256  text primary key,
    content bytea not null check (octet_length(content) <= 33554432),
    constraint a_file_is_kept_under_its_hash check (sha256 = encode(sha256(content), 'hex'))
);

create table registry.list_draft (
    id          text primary key check (id ~ '^im-[a-z2-7]{12}$'),
    file_name   text not null,
    file_sha256 text not null references registry.list_file,
    format      text,
    mapping     jsonb not null,
    decisions   jsonb not null,
    made_at     timestamptz not null
);

create table registry.list_import (
    id           text primary key check (id ~ '^im-[a-z2-7]{12}$'),
    list         text not null check (list ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    file_name    text not null,
    file_sha256  text not null references registry.list_file,
    format       text not null check (format in ('csv', 'geojson', 'xlsx')),
    mapping      jsonb not null,
    decisions    jsonb not null,
    added        int not null,
    changed      int not null,
    removed      int not null,
    recorded_at  timestamptz not null,
    entry        bigint not null references registry.ledger_entry,
    undone_entry bigint references registry.ledger_entry
);

-- What a list did to a device, so that it can be undone: the device before it, and the version of the device's entry after it.
create table registry.list_import_device (
    import  text not null references registry.list_import,
    device  text not null references registry.device,
    version int not null,
    before  jsonb,
    primary key (import, device)
);
create index list_import_device_by_device on registry.list_import_device (device);

grant select, insert on registry.list_file, registry.list_import, registry.list_import_device to registry_service;
grant select, insert, update, delete on registry.list_draft to registry_service;
grant delete on registry.list_file to registry_service;
grant update (undone_entry) on registry.list_import to registry_service;
grant update (version) on registry.list_import_device to registry_service;
insert into registry.ledger_kind (kind) values ('list-imported'), ('list-import-undone');
