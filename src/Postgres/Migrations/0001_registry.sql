-- The register, the log of heartbeats and the notices: what the first house remembers.

create schema if not exists registry;
create extension if not exists btree_gist;

-- Every row came in by an entry: who, when, why …
create table registry.entry (
    id          bigint generated always as identity primary key,
    recorded_at timestamptz not null,
    author      text not null,
    reason      text not null
);

-- … and from which bytes.
create table registry.entry_file (
    entry  bigint not null references registry.entry,
    name   text not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    primary key (entry, name)
);

create table registry.city (
    only_one boolean primary key default true check (only_one),
    body     jsonb not null,
    entry    bigint not null references registry.entry
);

create table registry.wording (
    position int primary key,
    language text not null unique,
    body     jsonb not null,
    entry    bigint not null references registry.entry
);

create table registry.technology (
    id       text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    position int not null unique,
    body     jsonb not null,
    entry    bigint not null references registry.entry
);

create table registry.instrument (
    id       text primary key check (id ~ '^[a-z0-9][a-z0-9.-]{0,63}$'),
    position int not null unique,
    body     jsonb not null,
    entry    bigint not null references registry.entry
);

create table registry.instrument_version (
    instrument text not null references registry.instrument,
    number     int not null check (number > 0),
    body       jsonb not null,
    entry      bigint not null references registry.entry,
    primary key (instrument, number)
);

-- What a version says of a technology. For one pair, two versions never hold on the same day.
create table registry.rule (
    technology text not null references registry.technology,
    instrument text not null,
    number     int not null,
    effective  daterange not null check (not isempty(effective)),
    body       jsonb not null,
    primary key (technology, instrument, number),
    foreign key (instrument, number) references registry.instrument_version,
    constraint rule_periods_do_not_overlap exclude using gist (technology with =, instrument with =, effective with &&)
);

create table registry.place (
    id    text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    body  jsonb not null,
    entry bigint not null references registry.entry
);

create table registry.kiosk (
    id    text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    place text not null references registry.place,
    body  jsonb not null,
    entry bigint not null references registry.entry
);

create table registry.device (
    id    text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    slot  int generated always as identity unique,
    part  smallint not null check (part between 0 and 255),
    place text references registry.place,
    fleet text,
    body  jsonb not null,
    entry bigint not null references registry.entry,
    check ((place is null) <> (fleet is null))
);
create index device_by_part on registry.device (part);

-- Hashes of secrets only; a secret itself is shown once and kept nowhere.
create table registry.device_secret (
    device      text primary key references registry.device,
    sha256      bytea not null check (octet_length(sha256) = 32),
    replaced_at timestamptz not null
);

-- What was promised to devices to be kept. Numbers and closed words: nothing else has a column.
create table registry.heartbeat (
    slot         int not null,
    epoch        bigint not null,
    seq          bigint not null,
    received_at  timestamptz not null,
    device_at    timestamptz,
    capture      int not null,
    health       smallint not null,
    firmware     text not null check (firmware ~ '^[0-9]{1,5}(\.[0-9]{1,5}){0,4}$'),
    rule_version bigint
);
create index heartbeat_by_device on registry.heartbeat (slot, epoch desc, seq desc);

-- Changes of what is known of a device: a row a change, never a row a heartbeat.
create table registry.observation (
    id       bigint generated always as identity primary key,
    device   text not null references registry.device,
    at       timestamptz not null,
    epoch    bigint not null,
    seq      bigint not null,
    presence text not null,
    body     jsonb not null,
    unique (device, epoch, seq, presence)
);
create index observation_by_device on registry.observation (device, id desc);

-- Every notice that was ever issued.
create table registry.notice (
    place        text not null references registry.place,
    sequence     bigint not null check (sequence > 0),
    issued_at    timestamptz not null,
    payload      text not null,
    protected    text not null,
    signature    text not null,
    hash         text not null,
    content_hash text not null,
    primary key (place, sequence)
);
create index notice_by_time on registry.notice (place, issued_at desc);
