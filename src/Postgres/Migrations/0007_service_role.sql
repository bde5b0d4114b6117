-- The service works under a role that can add to what was recorded and never change it: prevention in the database, beside the proof in the ledger.

do $$
begin
    if not exists (select from pg_roles where rolname = 'registry_service') then
        begin
            create role registry_service login;
        exception
            when duplicate_object then null; -- Another database of the same server was first.
            when insufficient_privilege then
                raise exception 'the role registry_service is missing, and this account may not make it: have an administrator run "create role registry_service" and "grant registry_service to %"', current_user;
        end;
    end if;
    -- Whoever the registry signs in as takes the role on.
    if not pg_has_role(current_user, 'registry_service', 'member') then
        execute format('grant registry_service to %I', current_user);
    end if;
end $$;

-- Whoever appends holds the head, without a right to change it.
create function registry.take_head(p_now timestamptz) returns timestamptz
language sql security definer set search_path = pg_catalog, pg_temp as
    'select greatest(last_at + interval ''1 microsecond'', p_now) from registry.ledger_head for update';

revoke all on all tables in schema registry from public;
revoke all on all functions in schema registry from public;
grant usage on schema registry to registry_service;
grant select on all tables in schema registry to registry_service;
grant usage on all sequences in schema registry to registry_service;
grant execute on function registry.append_entry(timestamptz, text, bytea), registry.take_head(timestamptz), registry.revision_was_approved() to registry_service;

-- What is only ever added to.
grant insert on registry.revision, registry.rule_period, registry.change_step, registry.opening_file, registry.notice, registry.observation, registry.heartbeat, registry.ledger_checkpoint,
    registry.place, registry.kiosk, registry.device, registry.device_secret, registry.change_request, registry.staff, registry.api_token, registry.turned_day to registry_service;
-- What is known until when; how a request stands; who may do what; which hash of a secret holds.
grant update (recorded) on registry.rule_period to registry_service;
grant update (entry) on registry.turned_day to registry_service;
grant update on registry.change_request, registry.staff, registry.api_token, registry.device_secret, registry.device, registry.place, registry.kiosk to registry_service;
-- What has no past.
grant insert, update, delete on registry.idempotency_key, registry.saved_view, registry.ended_session to registry_service;
