-- Two axes of time, and change requests that two people make.

-- Every document that policy staff keep, as it was recorded each time; the latest number is what the registry knows now.
create table registry.revision (
    kind        text not null check (kind in ('city', 'chapters', 'wording', 'technology', 'instrument')),
    id          text not null check (id ~ '^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$'),
    number      int not null check (number > 0),
    position    int not null,
    recorded_at timestamptz not null,
    entry       bigint not null references registry.ledger_entry,
    change      bigint,
    body        text not null check (octet_length(body) <= 4194304),
    primary key (kind, id, number)
);
create index revision_by_entry on registry.revision (entry, kind, id);

-- The two-axis guard: for one pair, two versions never hold on the same day as far as the registry knew at any one instant.
create table registry.rule_period (
    technology text not null,
    instrument text not null,
    number     int not null check (number > 0),
    effective  daterange not null check (not isempty(effective)),
    recorded   tstzrange not null check (not isempty(recorded)),
    constraint rule_periods_do_not_overlap_in_law_and_record exclude using gist (technology with =, instrument with =, effective with &&, recorded with &&)
);
create index rule_period_open on registry.rule_period (instrument) where upper_inf(recorded);

create function registry.opened(e bigint) returns timestamptz language sql stable as 'select at from registry.ledger_entry where index = e';

insert into registry.revision (kind, id, number, position, recorded_at, entry, body)
    select 'city', 'city', 1, 0, registry.opened(entry), entry, body::text from registry.city
    union all select 'wording', language, 1, position, registry.opened(entry), entry, body::text from registry.wording
    union all select 'technology', id, 1, position, registry.opened(entry), entry, body::text from registry.technology
    union all select 'instrument', i.id, 1, i.position, registry.opened(i.entry), i.entry,
        jsonb_set(i.body, '{versions}', coalesce((select jsonb_agg(v.body order by v.number) from registry.instrument_version v where v.instrument = i.id), '[]'))::text
        from registry.instrument i;
insert into registry.rule_period (technology, instrument, number, effective, recorded)
    select r.technology, r.instrument, r.number, r.effective, tstzrange(registry.opened(i.entry), null) from registry.rule r join registry.instrument i on i.id = r.instrument;

drop function registry.opened(bigint);
drop table registry.rule;
drop table registry.instrument_version;
drop table registry.instrument;
drop table registry.technology;
drop table registry.wording;
drop table registry.city;

-- A change that somebody proposes and somebody else decides. What it proposes stands beside it until it is recorded as revisions.
create table registry.change_request (
    id                bigint generated always as identity primary key,
    version           int not null default 1 check (version > 0),
    state             text not null check (state in ('draft', 'submitted', 'approved', 'rejected', 'withdrawn')),
    author            text not null,
    author_role       text not null,
    author_department text,
    drafted_at        timestamptz not null,
    submitted_at      timestamptz,
    decider           text,
    decided_at        timestamptz,
    reason            text not null check (length(reason) <= 2000),
    body              jsonb not null,
    salt              bytea not null check (octet_length(salt) >= 16),
    constraint an_author_never_decides check (decider is null or decider <> author),
    constraint what_was_decided_names_who check ((state in ('approved', 'rejected')) = (decider is not null and decided_at is not null)),
    constraint what_is_submitted_has_a_reason check (state = 'draft' or state = 'withdrawn' or length(trim(reason)) > 0)
);
create index change_request_by_state on registry.change_request (state, id);

create table registry.change_step (
    change     bigint not null references registry.change_request,
    number     int not null check (number > 0),
    step       text not null check (step in ('drafted', 'revised', 'submitted', 'approved', 'rejected', 'withdrawn', 'reopened')),
    at         timestamptz not null,
    staff      text not null,
    role       text not null,
    department text,
    note       text check (length(note) <= 2000),
    entry      bigint not null references registry.ledger_entry,
    primary key (change, number)
);

-- A revision is made by an approved change of two people, or by the opening; by nothing else, whatever a program tries.
alter table registry.revision add foreign key (change) references registry.change_request;
create function registry.revision_was_approved() returns trigger language plpgsql as $$
begin
    if new.change is null then
        if new.number <> 1 or exists (select from registry.ledger_entry where index = new.entry and kind <> 'registry-opened' and kind <> 'document-recorded') then
            raise exception 'revision % of % % has no change request', new.number, new.kind, new.id using errcode = 'check_violation';
        end if;
    elsif not exists (select from registry.change_request where id = new.change and state = 'approved' and decider is not null and decider <> author) then
        raise exception 'change request % is not approved by a second person', new.change using errcode = 'check_violation';
    end if;
    return new;
end $$;
create constraint trigger revision_was_approved after insert on registry.revision deferrable initially deferred for each row execute function registry.revision_was_approved();

-- The days that began, and what took effect with each.
create table registry.turned_day (
    day   date primary key,
    entry bigint references registry.ledger_entry
);

-- The same key and body again is the same answer; the same key with another body is refused.
create table registry.idempotency_key (
    actor       text not null,
    key         text not null check (length(key) between 1 and 200),
    request     bytea not null check (octet_length(request) = 32),
    made_at     timestamptz not null,
    status      int,
    body        text,
    headers     jsonb,
    primary key (actor, key)
);

-- What a person keeps for the table page: a name for a set of filters and columns.
create table registry.saved_view (
    id     bigint generated always as identity primary key,
    owner  text not null,
    name   text not null check (length(trim(name)) between 1 and 80),
    query  text not null check (length(query) <= 1000),
    shared boolean not null,
    unique (owner, name)
);
