-- Who may sign in: gateways beside devices, credentials in numbers, one-time claim codes. A change of any of them is told to whoever listens.

create table registry.gateway (
    id         text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    department text not null,
    profile    text check (profile ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    removed    boolean not null default false,
    version    int not null default 1,
    entry      bigint not null references registry.ledger_entry
);

alter table registry.device
    add column version int not null default 1,
    add column gateway text generated always as (body->>'gateway') stored references registry.gateway;
create index device_by_gateway on registry.device (gateway) where gateway is not null;

create table registry.credential (
    number   bigint generated always as identity primary key,
    holder   text not null,
    kind     text not null check (kind in ('secret', 'certificate')),
    sha256   bytea not null check (octet_length(sha256) = 32),
    made_at  timestamptz not null,
    ended_at timestamptz
);
create unique index one_secret_at_a_time on registry.credential (holder) where kind = 'secret' and ended_at is null;
create unique index one_holder_of_a_certificate on registry.credential (sha256) where kind = 'certificate' and ended_at is null;
create index credential_by_holder on registry.credential (holder) where ended_at is null;
insert into registry.credential (holder, kind, sha256, made_at) select device, 'secret', sha256, replaced_at from registry.device_secret order by device;
drop table registry.device_secret;

-- A code that an installer types once. What stands here is its hash.
create table registry.claim (
    sha256     bytea primary key check (octet_length(sha256) = 32),
    holder     text not null,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);

create function registry.enrolment_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('registry_enrolment', tg_table_name || ':' || case tg_table_name when 'credential' then to_jsonb(new)->>'holder' else to_jsonb(new)->>'id' end);
    return null;
end $$;
create trigger credential_changed after insert or update on registry.credential for each row execute function registry.enrolment_changed();
create trigger device_registered_anew after update on registry.device for each row execute function registry.enrolment_changed();
create trigger device_was_registered after insert on registry.device for each row when (new.id is not null) execute function registry.enrolment_changed();
create trigger gateway_changed after insert or update on registry.gateway for each row execute function registry.enrolment_changed();

-- Who looked at a single mobile unit, and what they looked at.
create table if not exists registry.reading (
    id     bigint generated always as identity primary key,
    at     timestamptz not null,
    reader text not null,
    device text not null,
    what   text not null
);

grant select, insert, update on registry.gateway to registry_service;
grant select, insert on registry.credential, registry.claim, registry.reading to registry_service;
grant update (ended_at) on registry.credential to registry_service;
grant update (used_at) on registry.claim to registry_service;
