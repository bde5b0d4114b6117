-- A program may propose a change request and never decides one, whatever the service above this database does.

alter table registry.change_request add column author_program boolean not null default false;
alter table registry.change_step add column program boolean not null default false;
update registry.change_request set author_program = true from registry.staff where staff.id = change_request.author and staff.is_program;
update registry.change_step set program = true from registry.staff where staff.id = change_step.staff and staff.is_program;

alter table registry.change_step drop constraint change_step_step_check, add constraint change_step_step_check
    check (step in ('drafted', 'revised', 'submitted', 'approved', 'rejected', 'withdrawn', 'reopened', 'handed-over'));

-- Not valid: before this migration programs could decide, and what they decided stays as it was recorded.
alter table registry.change_step add constraint a_program_never_decides check (not (program and step in ('approved', 'rejected'))) not valid;

-- The request names a decider, and the step names the same person. Both are checked, because each is a statement of its own.
-- Written drafts stay written: after a request was handed over, the persons who wrote it before still may not decide it.
create function registry.decider_may_decide() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- What was decided before is not decided again by another act.
    if tg_op = 'UPDATE' and old.decider = new.decider and old.state = new.state then
        return new;
    end if;
    if exists (select from registry.staff where id = new.decider and is_program) then
        raise exception 'change request % is decided by a program: a person must decide', new.id
            using errcode = 'check_violation', constraint = 'a_program_never_decides';
    end if;
    if exists (select from registry.change_step where change = new.id and staff = new.decider and step in ('drafted', 'revised', 'submitted')) then
        raise exception 'change request % is decided by a person who wrote it: another person must decide', new.id
            using errcode = 'check_violation', constraint = 'an_author_never_decides';
    end if;
    return new;
end $$;
create trigger decider_may_decide before insert or update on registry.change_request
    for each row when (new.decider is not null) execute function registry.decider_may_decide();

create function registry.step_is_by_a_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from registry.staff where id = new.staff and is_program) then
        raise exception 'change request % is decided by a program: a person must decide', new.change
            using errcode = 'check_violation', constraint = 'a_program_never_decides';
    end if;
    return new;
end $$;
create trigger step_is_by_a_person before insert on registry.change_step
    for each row when (new.step in ('approved', 'rejected')) execute function registry.step_is_by_a_person();

revoke all on function registry.decider_may_decide(), registry.step_is_by_a_person() from public;

-- Handing over is an act of an administrator, and of no author or decider.
create function registry.hand_over_is_of_an_administrator() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.program or new.role <> 'administrator'
        or not exists (select from registry.staff where id = new.staff and is_active and not is_program and 'administrator' = any (roles)) then
        raise exception 'change request % is handed over by %, who is not active staff with the role administrator', new.change, new.staff
            using errcode = 'check_violation', constraint = 'an_administrator_hands_over';
    end if;
    return new;
end $$;
create trigger hand_over_is_of_an_administrator before insert on registry.change_step
    for each row when (new.step = 'handed-over') execute function registry.hand_over_is_of_an_administrator();
revoke all on function registry.hand_over_is_of_an_administrator() from public;

-- What 0040 and 0041 check of the other acts.
do $$
begin
    if to_regclass('registry.ledger_kind') is not null then
        insert into registry.ledger_kind (kind) values ('change-handed-over') on conflict do nothing;
    end if;
    if to_regprocedure('registry.step_is_of_active_staff()') is not null then
        drop trigger step_is_of_active_staff on registry.change_step;
        create trigger step_is_of_active_staff before insert on registry.change_step
            for each row when (new.step <> 'handed-over') execute function registry.step_is_of_active_staff();
    end if;
end $$;
