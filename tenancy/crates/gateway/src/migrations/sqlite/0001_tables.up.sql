-- The gateway's tables on SQLite. Tables that are there stay as they are: `GatewayDb::migrate` compares their columns first.
--
-- Times are whole seconds since 1970, by the database's clock.

CREATE TABLE IF NOT EXISTS gateway_users (
    id BLOB NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Raised when something that was granted to the user ends; grants carry it.
    epoch INTEGER NOT NULL DEFAULT 1,
    -- Raised by signing out everywhere; a session of another number is dead.
    session_epoch INTEGER NOT NULL DEFAULT 1,
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE IF NOT EXISTS gateway_organizations (
    id BLOB NOT NULL PRIMARY KEY,
    -- Kept when the organization is closed: a name is never given to another one.
    slug TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closed')),
    created_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS gateway_memberships (
    user_id BLOB NOT NULL REFERENCES gateway_users (id),
    org_id BLOB NOT NULL REFERENCES gateway_organizations (id),
    tier TEXT NOT NULL CHECK (tier IN ('org', 'tenant')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, org_id)
);
CREATE INDEX IF NOT EXISTS gateway_memberships_org ON gateway_memberships (org_id);

-- Who was taken out of an organization. No rule at a sign-in lets them in again; the directory may.
CREATE TABLE IF NOT EXISTS gateway_removed_members (
    user_id BLOB NOT NULL REFERENCES gateway_users (id),
    org_id BLOB NOT NULL REFERENCES gateway_organizations (id),
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, org_id)
);

-- Which organization of a provider's is which of ours. The same id at two issuers is two organizations.
CREATE TABLE IF NOT EXISTS gateway_provider_organizations (
    issuer TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    org_id BLOB NOT NULL REFERENCES gateway_organizations (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, provider_id)
);
CREATE INDEX IF NOT EXISTS gateway_provider_organizations_org ON gateway_provider_organizations (org_id);

CREATE TABLE IF NOT EXISTS gateway_sessions (
    -- A keyed hash of the id that the browser holds.
    id_hash BLOB NOT NULL PRIMARY KEY,
    -- Names the session in lists, logs and grants; worth nothing as a cookie.
    handle BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL DEFAULT 1,
    user_id BLOB NOT NULL REFERENCES gateway_users (id),
    user_epoch INTEGER NOT NULL,
    org_id BLOB REFERENCES gateway_organizations (id),
    auth_time INTEGER NOT NULL,
    amr TEXT NOT NULL,
    acr TEXT NOT NULL,
    issuer TEXT NOT NULL,
    provider_sid TEXT,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    abs_until INTEGER NOT NULL,
    ended_at INTEGER,
    ended_why TEXT,
    sealed_id_token BLOB,
    sealed_refresh_token BLOB,
    -- Until when somebody may be using the refresh token.
    refreshing_until INTEGER NOT NULL DEFAULT 0,
    agent TEXT
);
CREATE INDEX IF NOT EXISTS gateway_sessions_user ON gateway_sessions (user_id);
CREATE INDEX IF NOT EXISTS gateway_sessions_org ON gateway_sessions (org_id);
CREATE INDEX IF NOT EXISTS gateway_sessions_provider ON gateway_sessions (issuer, provider_sid);
CREATE INDEX IF NOT EXISTS gateway_sessions_end ON gateway_sessions (abs_until);

-- One row for each session of a provider that was ever named: sign-in and logout meet on it, in either order.
CREATE TABLE IF NOT EXISTS gateway_provider_sessions (
    issuer TEXT NOT NULL,
    sid TEXT NOT NULL,
    ended_until INTEGER NOT NULL DEFAULT 0,
    keep_until INTEGER NOT NULL,
    PRIMARY KEY (issuer, sid)
);
CREATE INDEX IF NOT EXISTS gateway_provider_sessions_end ON gateway_provider_sessions (keep_until);

-- Sign-ins that were begun and have not come back. Each row is taken out once.
CREATE TABLE IF NOT EXISTS gateway_logins (
    -- A hash of the state in the provider's answer.
    key TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS gateway_logins_end ON gateway_logins (expires_at);

-- The platform's staff. Whoever is a member of an organization is not of it, and the other way round.
CREATE TABLE IF NOT EXISTS gateway_staff (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES gateway_users (id),
    created_at INTEGER NOT NULL
);

-- Each entry of staff into an organization: it is here before anything is granted under it. Append-only, as the audit log.
CREATE TABLE IF NOT EXISTS gateway_entries (
    id BLOB NOT NULL PRIMARY KEY,
    session BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES gateway_users (id),
    org_id BLOB NOT NULL REFERENCES gateway_organizations (id),
    writes INTEGER NOT NULL CHECK (writes IN (0, 1)),
    -- Whether it waits for somebody else of the staff.
    needs_approval INTEGER NOT NULL DEFAULT 0 CHECK (needs_approval IN (0, 1)),
    reason TEXT NOT NULL,
    ticket TEXT,
    entered_at INTEGER NOT NULL,
    until INTEGER NOT NULL CHECK (entered_at < until AND until <= entered_at + 3600)
);
CREATE INDEX IF NOT EXISTS gateway_entries_session ON gateway_entries (session);
CREATE INDEX IF NOT EXISTS gateway_entries_user ON gateway_entries (user_id);
CREATE INDEX IF NOT EXISTS gateway_entries_org ON gateway_entries (org_id, entered_at);

-- Who else allowed an entry that waits for a second person. Append-only too.
CREATE TABLE IF NOT EXISTS gateway_entry_approvals (
    entry BLOB NOT NULL PRIMARY KEY REFERENCES gateway_entries (id),
    user_id BLOB NOT NULL REFERENCES gateway_users (id),
    approved_at INTEGER NOT NULL
);

-- Entries that ended before their time. Append-only too.
CREATE TABLE IF NOT EXISTS gateway_entry_ends (
    entry BLOB NOT NULL PRIMARY KEY REFERENCES gateway_entries (id),
    ended_at INTEGER NOT NULL,
    why TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS gateway_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    reason TEXT,
    -- Who did it, when it was not the session's own user.
    actor TEXT,
    user_id BLOB,
    org_id BLOB,
    session BLOB
);
CREATE INDEX IF NOT EXISTS gateway_audit_at ON gateway_audit (at);

CREATE TRIGGER IF NOT EXISTS gateway_audit_no_update BEFORE UPDATE ON gateway_audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_audit_no_delete BEFORE DELETE ON gateway_audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_entries_no_update BEFORE UPDATE ON gateway_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_entries_no_delete BEFORE DELETE ON gateway_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_entry_ends_no_update BEFORE UPDATE ON gateway_entry_ends
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_entry_ends_no_delete BEFORE DELETE ON gateway_entry_ends
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_entry_approvals_no_update BEFORE UPDATE ON gateway_entry_approvals
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS gateway_entry_approvals_no_delete BEFORE DELETE ON gateway_entry_approvals
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
