-- What a role may read that only compares epochs. Run as the owner of the gateway's tables. What the role has beyond that is taken.
REVOKE ALL ON gateway_users, gateway_organizations, gateway_memberships, gateway_removed_members, gateway_provider_organizations,
    gateway_sessions, gateway_provider_sessions, gateway_logins, gateway_staff, gateway_entries, gateway_entry_approvals,
    gateway_entry_ends, gateway_audit, gateway_migrations FROM @role@;
GRANT SELECT (id, issuer, subject, epoch, disabled) ON gateway_users TO @role@;
GRANT SELECT (id, epoch, state) ON gateway_organizations TO @role@;
GRANT SELECT (user_id, org_id) ON gateway_memberships TO @role@;
-- Of staff, for a service that admits them.
GRANT SELECT (user_id) ON gateway_staff TO @role@;
GRANT SELECT (id, user_id, org_id, writes) ON gateway_entries TO @role@;
GRANT SELECT (entry) ON gateway_entry_ends TO @role@;
