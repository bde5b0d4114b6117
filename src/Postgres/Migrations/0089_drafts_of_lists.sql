-- 2026-11-30. A draft of a list has a version, so that two persons never overwrite each other's decisions, and a sender, whose drafts are limited.
alter table registry.list_draft
    add column version int not null default 1,
    add column sent_by text not null default '';
