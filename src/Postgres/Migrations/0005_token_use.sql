-- When a token was last used, to the day: enough to find those that nobody needs, too little to follow anybody's work.
alter table registry.api_token add column last_used_on date;
alter table registry.api_token add constraint a_token_has_roles check
    (cardinality(roles) > 0 and roles <@ array['editor', 'approver', 'device-clerk', 'posting-inspector', 'records-officer', 'auditor', 'administrator']);
