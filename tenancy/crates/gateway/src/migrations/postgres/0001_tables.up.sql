-- The gateway's tables on PostgreSQL. Tables that are there stay as they are: `tenancy gateway migrate` compares their columns first.
--
-- Times are whole seconds since 1970, by the database's clock.

CREATE TABLE IF NOT EXISTS gateway_users (
    id uuid PRIMARY KEY,
    issuer text NOT NULL,
    subject text NOT NULL,
    -- Raised when something that was granted to the user ends; grants carry it.
    epoch bigint NOT NULL DEFAULT 1,
    -- Raised by signing out everywhere; a session of another number is dead.
    session_epoch bigint NOT NULL DEFAULT 1,
    disabled bigint NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at bigint NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE IF NOT EXISTS gateway_organizations (
    id uuid PRIMARY KEY,
    -- Kept when the organization is closed: a name is never given to another one.
    slug text NOT NULL UNIQUE,
    epoch bigint NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closed')),
    created_at bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS gateway_memberships (
    user_id uuid NOT NULL REFERENCES gateway_users (id),
    org_id uuid NOT NULL REFERENCES gateway_organizations (id),
    tier text NOT NULL CHECK (tier IN ('org', 'tenant')),
    created_at bigint NOT NULL,
    PRIMARY KEY (user_id, org_id)
);
CREATE INDEX IF NOT EXISTS gateway_memberships_org ON gateway_memberships (org_id);

-- Who was taken out of an organization. No rule at a sign-in lets them in again; the directory may.
CREATE TABLE IF NOT EXISTS gateway_removed_members (
    user_id uuid NOT NULL REFERENCES gateway_users (id),
    org_id uuid NOT NULL REFERENCES gateway_organizations (id),
    removed_at bigint NOT NULL,
    PRIMARY KEY (user_id, org_id)
);

-- Which organization of a provider's is which of ours. The same id at two issuers is two organizations.
CREATE TABLE IF NOT EXISTS gateway_provider_organizations (
    issuer text NOT NULL,
    provider_id text NOT NULL,
    org_id uuid NOT NULL REFERENCES gateway_organizations (id),
    created_at bigint NOT NULL,
    PRIMARY KEY (issuer, provider_id)
);
CREATE INDEX IF NOT EXISTS gateway_provider_organizations_org ON gateway_provider_organizations (org_id);

CREATE TABLE IF NOT EXISTS gateway_sessions (
    -- A keyed hash of the id that the browser holds.
    id_hash bytea PRIMARY KEY,
    -- Names the session in lists, logs and grants; worth nothing as a cookie.
    handle uuid NOT NULL UNIQUE,
    version bigint NOT NULL DEFAULT 1,
    user_id uuid NOT NULL REFERENCES gateway_users (id),
    user_epoch bigint NOT NULL,
    org_id uuid REFERENCES gateway_organizations (id),
    auth_time bigint NOT NULL,
    amr text NOT NULL,
    acr text NOT NULL,
    issuer text NOT NULL,
    provider_sid text,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    idle_until bigint NOT NULL,
    abs_until bigint NOT NULL,
    ended_at bigint,
    ended_why text,
    sealed_id_token bytea,
    sealed_refresh_token bytea,
    -- Until when somebody may be using the refresh token.
    refreshing_until bigint NOT NULL DEFAULT 0,
    agent text
);
CREATE INDEX IF NOT EXISTS gateway_sessions_user ON gateway_sessions (user_id);
CREATE INDEX IF NOT EXISTS gateway_sessions_org ON gateway_sessions (org_id);
CREATE INDEX IF NOT EXISTS gateway_sessions_provider ON gateway_sessions (issuer, provider_sid);
CREATE INDEX IF NOT EXISTS gateway_sessions_end ON gateway_sessions (abs_until);

-- One row for each session of a provider that was ever named: sign-in and logout meet on it, in either order.
CREATE TABLE IF NOT EXISTS gateway_provider_sessions (
    issuer text NOT NULL,
    sid text NOT NULL,
    ended_until bigint NOT NULL DEFAULT 0,
    keep_until bigint NOT NULL,
    PRIMARY KEY (issuer, sid)
);
CREATE INDEX IF NOT EXISTS gateway_provider_sessions_end ON gateway_provider_sessions (keep_until);

-- Sign-ins that were begun and have not come back. Each row is taken out once.
CREATE TABLE IF NOT EXISTS gateway_logins (
    -- A hash of the state in the provider's answer.
    key text PRIMARY KEY,
    sealed bytea NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS gateway_logins_end ON gateway_logins (expires_at);

-- The platform's staff. Whoever is a member of an organization is not of it, and the other way round.
CREATE TABLE IF NOT EXISTS gateway_staff (
    user_id uuid PRIMARY KEY REFERENCES gateway_users (id),
    created_at bigint NOT NULL
);

-- Each entry of staff into an organization: it is here before anything is granted under it. Append-only, as the audit log.
CREATE TABLE IF NOT EXISTS gateway_entries (
    id uuid PRIMARY KEY,
    session uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES gateway_users (id),
    org_id uuid NOT NULL REFERENCES gateway_organizations (id),
    writes bigint NOT NULL CHECK (writes IN (0, 1)),
    -- Whether it waits for somebody else of the staff.
    needs_approval bigint NOT NULL DEFAULT 0 CHECK (needs_approval IN (0, 1)),
    reason text NOT NULL,
    ticket text,
    entered_at bigint NOT NULL,
    until bigint NOT NULL CHECK (entered_at < until AND until <= entered_at + 3600)
);
CREATE INDEX IF NOT EXISTS gateway_entries_session ON gateway_entries (session);
CREATE INDEX IF NOT EXISTS gateway_entries_user ON gateway_entries (user_id);
CREATE INDEX IF NOT EXISTS gateway_entries_org ON gateway_entries (org_id, entered_at);

-- Who else allowed an entry that waits for a second person. Append-only too.
CREATE TABLE IF NOT EXISTS gateway_entry_approvals (
    entry uuid PRIMARY KEY REFERENCES gateway_entries (id),
    user_id uuid NOT NULL REFERENCES gateway_users (id),
    approved_at bigint NOT NULL
);

-- Entries that ended before their time. Append-only too.
CREATE TABLE IF NOT EXISTS gateway_entry_ends (
    entry uuid PRIMARY KEY REFERENCES gateway_entries (id),
    ended_at bigint NOT NULL,
    why text NOT NULL
);

CREATE TABLE IF NOT EXISTS gateway_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL,
    event text NOT NULL,
    reason text,
    -- Who did it, when it was not the session's own user.
    actor text,
    user_id uuid,
    org_id uuid,
    session uuid
);
CREATE INDEX IF NOT EXISTS gateway_audit_at ON gateway_audit (at);

CREATE OR REPLACE FUNCTION gateway_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE OR REPLACE TRIGGER gateway_audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_audit
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_audit_append_only();
CREATE OR REPLACE TRIGGER gateway_entries_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_entries
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_audit_append_only();
CREATE OR REPLACE TRIGGER gateway_entry_ends_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_entry_ends
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_audit_append_only();
CREATE OR REPLACE TRIGGER gateway_entry_approvals_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_entry_approvals
    FOR EACH STATEMENT EXECUTE FUNCTION gateway_audit_append_only();
