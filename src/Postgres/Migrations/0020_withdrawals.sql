-- Changes of the register that take captures of a device from a place: it was removed or moved, or a sensor was struck. The place's notice counts the
-- captures until another person has confirmed on the spot that they are gone, or until the register names them there again.
create table registry.withdrawal (
    entry       bigint not null references registry.ledger_entry,
    device      text not null references registry.device,
    place       text not null references registry.place,
    captures    smallint not null check (captures between 1 and 63),
    at          timestamptz not null,
    staff       text,
    ended_entry bigint references registry.ledger_entry,
    primary key (entry, device),
    constraint a_withdrawal_ends_after_it_was_made check (ended_entry > entry)
);
create index open_withdrawal on registry.withdrawal (place, device) where ended_entry is null;
create index withdrawal_by_device on registry.withdrawal (device);

create table registry.absence_confirmation (
    entry  bigint primary key references registry.ledger_entry,
    device text not null references registry.device,
    place  text not null references registry.place,
    at     timestamptz not null,
    staff  text not null references registry.staff
);
create index absence_confirmation_by_place on registry.absence_confirmation (place, device);
create index absence_confirmation_by_device on registry.absence_confirmation (device);

-- The same rule as in the program: no person ends a withdrawal of their own, and no program confirms what only a person can see.
create function registry.withdrawal_ends_by_another_person() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.absence_confirmation where entry = new.ended_entry and staff is not distinct from new.staff) then
        raise exception 'another person than the one who made a withdrawal confirms it' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger withdrawal_ends_by_another_person before update on registry.withdrawal
    for each row when (new.ended_entry is not null) execute function registry.withdrawal_ends_by_another_person();

create function registry.absence_is_confirmed_by_a_person() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.staff where id = new.staff and is_program) then
        raise exception 'a person confirms an absence on the spot, not a program' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger absence_is_confirmed_by_a_person before insert on registry.absence_confirmation
    for each row execute function registry.absence_is_confirmed_by_a_person();

grant select, insert on registry.withdrawal, registry.absence_confirmation to registry_service;
grant update (captures, ended_entry) on registry.withdrawal to registry_service;
