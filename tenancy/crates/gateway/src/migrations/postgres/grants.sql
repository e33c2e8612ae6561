-- What the gateway's own role may do: its tables, and nothing of the organizations' tables.
REVOKE ALL ON gateway_users, gateway_organizations, gateway_memberships, gateway_removed_members, gateway_provider_organizations,
    gateway_sessions, gateway_provider_sessions, gateway_logins, gateway_staff, gateway_entries, gateway_entry_approvals,
    gateway_entry_ends, gateway_audit, gateway_migrations FROM @role@;
GRANT SELECT, INSERT, UPDATE ON gateway_users, gateway_organizations TO @role@;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_memberships, gateway_sessions, gateway_provider_sessions TO @role@;
GRANT SELECT, INSERT, DELETE ON gateway_provider_organizations, gateway_logins, gateway_staff TO @role@;
GRANT SELECT, INSERT ON gateway_removed_members, gateway_entries, gateway_entry_approvals, gateway_entry_ends TO @role@;
-- Every column but the number of a line, which the database alone gives.
GRANT INSERT (at, event, reason, actor, user_id, org_id, session) ON gateway_audit TO @role@;
-- Which migrations are applied: a gateway compares them with those that it needs.
GRANT SELECT ON gateway_migrations TO @role@;
