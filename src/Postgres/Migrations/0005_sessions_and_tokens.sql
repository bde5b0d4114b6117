-- When a token was last used, to the day: enough to find those that nobody needs, too little to follow anybody's work.
alter table registry.api_token add column last_used_on date;
alter table registry.api_token add constraint a_token_has_roles check
    (cardinality(roles) > 0 and roles <@ array['editor', 'approver', 'device-clerk', 'posting-inspector', 'records-officer', 'auditor', 'administrator']);

-- Sessions that were ended before their time: a copy of the cookie is worth nothing from then on, here or in another silo.
create table registry.ended_session (
    id    text primary key check (length(id) between 16 and 64),
    until timestamptz not null
);
create index ended_session_by_time on registry.ended_session (until);
