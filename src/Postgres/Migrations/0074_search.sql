-- 2026-11-30. Search: full text indexes of the words of places, screens, fleets, fixed devices and change requests. Each word is a lexeme as it is.
-- No extension: a backup is restored by a role that may make none, and its list of objects is what the migrations made.

-- Words in lower case, without ASCII punctuation between them. A word is cut, because an index takes no long one. Each query is cut the same.
create function registry.text_words(p_text text) returns tsvector
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_to_tsvector(array_agg(left(word, 60))), '')
    from regexp_split_to_table(
        translate(lower(normalize(p_text, NFKC)), E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32)), '\s+'
    ) word
    where word <> ''
$$;

create function registry.place_words(p_id text, p_body jsonb) returns tsvector
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select registry.text_words(
        p_id || ' ' || coalesce(p_body->>'name', '') || ' ' || coalesce(p_body->>'address', '') || ' ' || coalesce(p_body->>'place', '')
        || ' ' || coalesce(p_body->>'area', '') || ' ' || coalesce(p_body->>'department', '')
    )
$$;

create function registry.device_words(p_id text, p_body jsonb) returns tsvector
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select registry.text_words(
        p_id || ' ' || coalesce(p_body->>'assetNumber', '') || ' ' || coalesce(p_body->>'vendor', '') || ' ' || coalesce(p_body->>'model', '')
        || ' ' || coalesce(p_body->>'place', '') || ' ' || coalesce(p_body->>'kind', '') || ' ' || coalesce(p_body->>'department', '')
    )
$$;

create index place_by_words on registry.place using gin (registry.place_words(id, body)) with (fastupdate = off);
create index kiosk_by_words on registry.kiosk using gin (registry.place_words(id, body)) with (fastupdate = off);
create index fleet_base_by_words on registry.fleet_base using gin (registry.place_words(id, body)) with (fastupdate = off);
-- A single device that a person wears or drives has no word in any index.
create index device_by_words on registry.device using gin (registry.device_words(id, body)) with (fastupdate = off) where fleet is null;
create index change_request_by_words on registry.change_request using gin (registry.text_words(reason)) with (fastupdate = off);

revoke all on function registry.text_words(text), registry.place_words(text, jsonb), registry.device_words(text, jsonb) from public;
grant execute on function registry.text_words(text), registry.place_words(text, jsonb), registry.device_words(text, jsonb) to registry_service;
