-- 2026-11-30. The outbox: what waits to be sent by mail and by webhooks, written in the transaction of what it is about.

-- A person's mail address stands here and nowhere else.
create table registry.mail_address (
    staff        text primary key references registry.staff,
    address      text not null check (length(address) between 3 and 254),
    kinds        text[] not null,
    code_sha256  bytea check (octet_length(code_sha256) = 32),
    code_until   timestamptz,
    code_tries   int not null default 0,
    confirmed_at timestamptz,
    stop_token   text not null unique check (length(stop_token) between 20 and 64)
);

-- It is erased when the person leaves, whatever program says so.
create function registry.erase_mail_address() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    delete from registry.mail_address where staff = new.id;
    return null;
end $$;
create trigger a_mail_address_is_erased_when_a_person_leaves after update on registry.staff
    for each row when (not new.is_active) execute function registry.erase_mail_address();

create table registry.webhook (
    id        text primary key check (id ~ '^wh-[a-z2-7]{12}$'),
    url       text not null check (length(url) <= 500),
    secret    text,
    kinds     text[] not null,
    made_at   timestamptz not null,
    ended_at  timestamptz,
    ended_why text check (ended_why in ('ended', 'gone')),
    constraint a_webhook_has_a_secret_until_it_ends check ((ended_at is null) = (secret is not null))
);

-- The service may not change an occasion: one message id never has two bodies.
create table registry.occasion (
    id      bigint generated always as identity primary key,
    message text not null unique check (message ~ '^msg_[a-z0-9]{24}$'),
    kind    text not null check (kind ~ '^[a-z][a-z-]{0,39}$'),
    subject text not null check (length(subject) <= 100),
    at      timestamptz not null,
    once    text unique,
    body    text not null check (length(body) <= 2000)
);
create index occasion_by_time on registry.occasion (at);

create table registry.delivery (
    id          bigint generated always as identity primary key,
    occasion    bigint not null references registry.occasion on delete cascade,
    staff       text references registry.mail_address on delete cascade,
    webhook     text references registry.webhook,
    state       text not null default 'waiting' check (state in ('waiting', 'delivered', 'given-up')),
    attempts    int not null default 0,
    next_at     timestamptz,
    last_at     timestamptz,
    last_result text check (last_result ~ '^[a-z][a-z0-9-]{0,39}$'),
    constraint a_delivery_goes_to_one_receiver check ((staff is null) <> (webhook is null)),
    constraint what_waits_has_a_time check ((state = 'waiting') = (next_at is not null))
);
create index delivery_that_waits on registry.delivery (next_at) where state = 'waiting';
create index delivery_by_occasion on registry.delivery (occasion);
create index delivery_by_person on registry.delivery (staff, last_at) where staff is not null;
create index delivery_by_webhook on registry.delivery (webhook, id) where webhook is not null;

revoke all on function registry.erase_mail_address() from public;
grant execute on function registry.erase_mail_address() to registry_service;
grant select, insert, update, delete on registry.mail_address to registry_service;
grant select, insert, update (ended_at, ended_why, secret) on registry.webhook to registry_service;
grant select, insert, delete on registry.occasion to registry_service;
grant select, insert, update (state, attempts, next_at, last_at, last_result), delete on registry.delivery to registry_service;
