-- The checkpoints that were given out: one for a size, for ever.
create table registry.ledger_checkpoint (
    size      bigint primary key check (size >= 0),
    note      text not null,
    signed_at timestamptz not null
);
