-- The life of an account: one spelling of a name, a first password that ends, a second factor, and sessions that their owner sees.

-- One spelling of a sign-in name is one account. The key is equal for names that look alike (Unicode TS 39, for what is printable in ASCII).
create function registry.sign_in_key(p_name text) returns text language sql immutable set search_path = pg_catalog, pg_temp as
    'select replace(translate(lower(normalize(btrim(p_name), NFKC)), ''1|0'', ''llo''), ''m'', ''rn'')';
alter table registry.staff add column sign_in_key text;
-- Of accounts that look alike already, the first has the plain key. The others keep their names and block no name; an administrator sees them.
update registry.staff set sign_in_key = found.key || case when found.place > 1 then ' ' || staff.id else '' end
from (
    select id, registry.sign_in_key(sign_in) as key,
        row_number() over (partition by registry.sign_in_key(sign_in) order by created_at, id) as place
    from registry.staff
) found
where found.id = staff.id;
update registry.staff set sign_in = lower(normalize(btrim(sign_in), NFKC))
where sign_in_key not like '% %' and sign_in <> lower(normalize(btrim(sign_in), NFKC));
alter table registry.staff alter column sign_in_key set not null;
create unique index sign_in_names_do_not_look_alike on registry.staff (sign_in_key);

-- Every password before this migration was handed out, and its owner could not change it. It is a first password from now on.
alter table registry.staff
    add column password_kind text check (password_kind in ('first', 'own', 'sample')),
    add column password_until timestamptz;
update registry.staff set password_kind = 'first', password_until = now() + interval '14 days' where password_hash is not null;
alter table registry.staff
    add constraint a_password_has_a_kind check ((password_hash is null) = (password_kind is null)),
    add constraint a_first_password_ends check ((password_until is not null) = (coalesce(password_kind, '') = 'first'));

-- The seed is encrypted with a key that is outside the database.
create table registry.second_factor (
    staff     text primary key references registry.staff,
    seed      text not null check (length(seed) between 1 and 1000),
    last_step bigint not null
);
create table registry.recovery_code (
    staff   text not null references registry.staff,
    sha256  bytea not null check (octet_length(sha256) = 32),
    used_at timestamptz,
    primary key (staff, sha256)
);

-- A cookie is worth nothing without its session. The list of ended sessions is not needed any more; sessions of older versions end.
drop table registry.ended_session;
create table registry.staff_session (
    id           text primary key check (length(id) between 16 and 64),
    staff        text not null references registry.staff,
    stamp        int not null,
    method       text not null check (method in ('password', 'password-and-code', 'password-and-recovery-code', 'provider')),
    started_at   timestamptz not null,
    last_seen_at timestamptz not null,
    ends_at      timestamptz not null,
    address      text not null check (length(address) <= 64),
    browser      text not null check (length(browser) <= 64)
);
create index staff_session_by_staff on registry.staff_session (staff);
create index staff_session_by_end on registry.staff_session (ends_at);

grant select, insert, update, delete on registry.second_factor, registry.recovery_code, registry.staff_session to registry_service;
