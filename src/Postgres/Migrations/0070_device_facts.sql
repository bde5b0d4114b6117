-- 2026-11-30. What is known of a device beside what it captures: the city's own number, vendor and model, installation, operator and owner; of a fixed one
-- where it hangs and looks. The facts are members of its body. A mobile device has no member for a position, in the register and in the record of acts.
alter table registry.device add constraint a_mobile_device_has_no_position
    check (place is not null or not body ?| array['position', 'directions', 'coverage', 'mountingHeight']);
alter table registry.mobile_act add constraint an_act_on_a_mobile_device_has_no_position
    check (not coalesce(body->'registered' ?| array['position', 'directions', 'coverage', 'mountingHeight'], false));

-- The number of a removed device may be given to its successor.
create unique index no_two_devices_in_use_have_one_asset_number on registry.device ((body->>'assetNumber'))
    where body->>'lifecycle' <> 'removed';

-- Vendors, models and organisations: closed lists in place of free text, which could hold a name. They only grow.
create table registry.listed_name (
    entry   bigint primary key references registry.ledger_entry,
    list    text not null check (list in ('vendors', 'models', 'organisations')),
    of_name text check ((of_name is not null) = (list = 'models')),
    name    text not null check (name = btrim(name) and char_length(name) between 1 and 60),
    constraint a_name_is_listed_once unique nulls not distinct (list, of_name, name)
);
grant select, insert on registry.listed_name to registry_service;
insert into registry.ledger_kind (kind) values ('list-extended');
