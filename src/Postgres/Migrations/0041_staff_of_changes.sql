-- The database itself checks the people of a change: author and decider are active staff with the role, in the transaction of the act.

-- The ledger's head is locked before, so a right that another transaction takes away is gone here, or its entry comes later.
create function registry.acts_as(p_staff text, p_role text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as
    'select exists (select from registry.staff where id = p_staff and is_active and p_role = any (roles))';

create function registry.change_has_an_active_author() returns trigger
language plpgsql as $$
begin
    if new.author_role <> 'editor' or not registry.acts_as(new.author, 'editor') then
        raise exception 'The author % of change request % is not active staff with the role editor.', new.author, new.id
            using errcode = 'check_violation', constraint = 'an_author_is_active_staff_with_the_role_editor';
    end if;
    return new;
end $$;
create trigger a_draft_has_an_active_author before insert on registry.change_request
    for each row execute function registry.change_has_an_active_author();
create trigger an_author_is_replaced_by_an_active_one before update on registry.change_request
    for each row when (new.author is distinct from old.author or new.author_role is distinct from old.author_role)
    execute function registry.change_has_an_active_author();
create trigger an_open_change_has_an_active_author before update on registry.change_request
    for each row when (new.state is distinct from old.state and new.state in ('submitted', 'approved'))
    execute function registry.change_has_an_active_author();

create function registry.change_has_an_active_decider() returns trigger
language plpgsql as $$
begin
    if not registry.acts_as(new.decider, 'approver') then
        raise exception 'The decider % of change request % is not active staff with the role approver.', new.decider, new.id
            using errcode = 'check_violation', constraint = 'a_decider_is_active_staff_with_the_role_approver';
    end if;
    return new;
end $$;
create trigger a_decision_is_made_on_a_submitted_change before insert on registry.change_request
    for each row when (new.decider is not null) execute function registry.change_has_an_active_decider();
create trigger a_decider_is_active before update on registry.change_request
    for each row when (new.decider is not null and (new.decider is distinct from old.decider or new.state is distinct from old.state))
    execute function registry.change_has_an_active_decider();

-- Each act is of the person that may do it: the author as editor, the decider as approver.
create function registry.step_is_of_active_staff() returns trigger
language plpgsql as $$
declare
    required constant text := case when new.step in ('approved', 'rejected') then 'approver' else 'editor' end;
begin
    if new.role <> required or not registry.acts_as(new.staff, required) then
        raise exception 'The act "%" on change request % needs active staff with the role %, and % is not.', new.step, new.change, required, new.staff
            using errcode = 'check_violation', constraint = 'an_act_is_of_active_staff_with_its_role';
    end if;
    if not exists (select from registry.change_request where id = new.change and new.staff = case required when 'approver' then decider else author end) then
        raise exception 'The act "%" on change request % is not of its %.', new.step, new.change, case required when 'approver' then 'decider' else 'author' end
            using errcode = 'check_violation', constraint = 'an_act_is_of_the_author_or_the_decider';
    end if;
    return new;
end $$;
create trigger step_is_of_active_staff before insert on registry.change_step
    for each row execute function registry.step_is_of_active_staff();

-- As before, and the approval is a step of the decider. A revision without a change request is one of the opening: its entry has the time of the
-- opening, which no later entry can have, and belongs to no other revision.
create or replace function registry.revision_was_approved() returns trigger language plpgsql as $$
begin
    if new.change is null then
        if new.number <> 1
            or not exists (
                select from registry.ledger_entry entry
                where entry.index = new.entry and entry.kind = 'document-recorded'
                    and entry.at = (select opened.at from registry.ledger_entry opened where opened.kind = 'registry-opened' order by opened.index limit 1)
            )
            or exists (select from registry.revision other where other.entry = new.entry and (other.kind, other.id) <> (new.kind, new.id)) then
            raise exception 'revision % of % % has no change request', new.number, new.kind, new.id using errcode = 'check_violation';
        end if;
    elsif not exists (
        select from registry.change_request request join registry.change_step step on step.change = request.id
        where request.id = new.change and state = 'approved' and decider <> author and step = 'approved' and step.staff = decider
    ) then
        raise exception 'change request % is not approved by a second person', new.change using errcode = 'check_violation';
    end if;
    return new;
end $$;

revoke all on function registry.acts_as(text, text), registry.change_has_an_active_author(), registry.change_has_an_active_decider(),
    registry.step_is_of_active_staff() from public;
grant execute on function registry.acts_as(text, text), registry.change_has_an_active_author(), registry.change_has_an_active_decider(),
    registry.step_is_of_active_staff() to registry_service;
