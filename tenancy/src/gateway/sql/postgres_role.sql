-- What the gateway's own role may do: its tables, and nothing of the organizations' tables. Run as the owner, after the
-- tables are there; the role is called `gateway` here.
GRANT SELECT, INSERT, UPDATE ON gateway_users, gateway_organizations TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_memberships, gateway_sessions, gateway_provider_sessions TO gateway;
GRANT SELECT, INSERT, DELETE ON gateway_provider_organizations, gateway_logins, gateway_staff TO gateway;
GRANT SELECT, INSERT ON gateway_removed_members, gateway_entries, gateway_entry_approvals, gateway_entry_ends, gateway_audit TO gateway;
