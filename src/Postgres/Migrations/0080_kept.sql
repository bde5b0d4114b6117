-- 2026-11-30. A restored registry continues its ledger and gives no sequence of a notice twice; a drill that was held is known to the running registry.

insert into registry.ledger_kind (kind) values ('registry-restored'), ('backup-drilled');

-- Screens refuse a notice with a smaller sequence than one that they saw. What was issued after the backup was made is not in it: sequences go on far above.
create table registry.restoration (
    entry        bigint primary key references registry.ledger_entry,
    notices_from bigint not null check (notices_from > 0)
);
grant select on registry.restoration to registry_service;

create table registry.drill (
    entry bigint primary key references registry.ledger_entry,
    at    timestamptz not null,
    holds boolean not null
);
grant select, insert on registry.drill to registry_service;
