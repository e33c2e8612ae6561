-- What a role may read that only compares epochs. Run as the owner of the gateway's tables; the role is called `epochs` here.
GRANT SELECT (id, issuer, subject, epoch, disabled) ON gateway_users TO epochs;
GRANT SELECT (id, epoch, state) ON gateway_organizations TO epochs;
GRANT SELECT (user_id, org_id) ON gateway_memberships TO epochs;
-- Of staff, for a service that admits them.
GRANT SELECT (user_id) ON gateway_staff TO epochs;
GRANT SELECT (id, user_id, org_id, writes) ON gateway_entries TO epochs;
GRANT SELECT (entry) ON gateway_entry_ends TO epochs;
