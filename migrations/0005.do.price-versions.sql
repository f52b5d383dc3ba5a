-- Price versions that the operator adds: why, and no two of the same date for everyone or for one organization.
alter table price_version add column reason text;
create unique index price_version_start on price_version (coalesce(org_id, ''), effective_from);
