-- The ledger is public, and an unsalted hash of the inventory lets anybody check a guess at it: how many mobile devices there are. From now on it is salted.

-- Null for a public file, and for a file that an older version recorded. Then sha256 is the hash of the file; with a salt, that of the salt and of the
-- file's hash in hex.
alter table registry.opening_file add column salt bytea check (octet_length(salt) = 32);
