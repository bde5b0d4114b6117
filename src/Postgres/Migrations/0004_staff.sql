-- Who staff are. Names stand here and nowhere else: the ledger knows an opaque id, a role and a department.

create table registry.staff (
    id            text primary key check (id ~ '^st-[a-z2-7]{16}$'),
    sign_in       text not null check (length(sign_in) between 1 and 254),
    name          text not null check (length(trim(name)) between 1 and 120),
    department    text,
    roles         text[] not null check (roles <@ array['editor', 'approver', 'device-clerk', 'posting-inspector', 'records-officer', 'auditor', 'administrator']),
    is_program    boolean not null,
    is_active     boolean not null default true,
    password_hash text,
    subject       text unique,
    stamp         int not null default 1,
    created_at    timestamptz not null
);
create unique index staff_by_sign_in on registry.staff (lower(sign_in));

-- Tokens of programs: only their hash is kept.
create table registry.api_token (
    id         bigint generated always as identity primary key,
    sha256     bytea not null unique check (octet_length(sha256) = 32),
    staff      text not null references registry.staff,
    roles      text[] not null,
    label      text not null check (length(label) <= 120),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);
