-- 2026-11-30. When the registry last brought the expected states in line with the law and the devices, and by which rules. The verifier of the ledger works
-- them out again for that time: the times in which devices were observed do not tell, for another task writes those.

create table registry.expected_pass (
    only_one boolean primary key default true check (only_one),
    begun_at timestamptz not null,
    done_at  timestamptz,
    rules    text not null
);
comment on column registry.expected_pass.begun_at is 'when the last pass began; equal to done_at when it was completed';
comment on column registry.expected_pass.done_at is 'when the last completed pass began, or when nothing was found to change; null before the first';
comment on column registry.expected_pass.rules is 'the build of the rules that worked them out';

grant select, insert, update on registry.expected_pass to registry_service;
