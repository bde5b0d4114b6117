-- One change of a device can withdraw captures from two places: from the one that the device left, and from the one to which it may bring a struck sensor
-- that no other person has confirmed to be gone.
alter table registry.withdrawal drop constraint withdrawal_pkey, add primary key (entry, device, place);
