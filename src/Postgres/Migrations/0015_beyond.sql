-- A vendor may name captures for which no sensor is registered, and not say what it does with them: one bit for each.
alter table registry.heartbeat add column beyond smallint not null default 0 check (beyond between 0 and 63);
