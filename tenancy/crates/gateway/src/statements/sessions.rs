//! Sessions: none is written that is not there, and one that ended stays ended.

use super::fragments::{end, for_staff, live, renewed};

/// One statement for everything that a request needs: the session, its user, and whether the membership that it acts
/// under still holds, for which both a tier and an organization's epoch are there. In this order PostgreSQL finds every row by
/// its primary key; from the organization to the membership it read all organizations. The clock is read once: whether it
/// is past the session's limits, [`SessionRow::is_over`](crate::session::session_row::SessionRow::is_over) says.
macro_rules! find {
    ($ids:literal) => {
        concat!(
            "SELECT s.id_hash, s.handle, s.version, s.user_id, u.issuer, u.subject, u.epoch, s.org_id, m.tier, o.epoch, \
             s.auth_time, s.amr, s.acr, s.seen_at, s.idle_until, s.abs_until, :now FROM gateway_sessions s \
             JOIN gateway_users u ON u.id = s.user_id AND u.disabled = 0 AND u.session_epoch = s.user_epoch \
             LEFT JOIN gateway_memberships m ON m.user_id = s.user_id AND m.org_id = s.org_id \
             LEFT JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' WHERE s.id_hash ",
            $ids,
            " AND s.ended_at IS NULL"
        )
    };
}

/// The user's live sessions beyond the newest ones, without the session that has just begun. SQLite needs the limit: it accepts no
/// offset without one.
macro_rules! beyond {
    ($what:literal) => {
        concat!(
            $what,
            "handle IN (SELECT s.handle FROM gateway_sessions s JOIN gateway_users u ON u.id = s.user_id \
             AND u.session_epoch = s.user_epoch WHERE u.issuer = :issuer AND u.subject = :subject AND s.handle <> :begun \
             AND s.ended_at IS NULL AND :now < s.idle_until AND :now < s.abs_until \
             ORDER BY s.seen_at DESC, s.created_at DESC, s.handle LIMIT 1000000 OFFSET :beside)"
        )
    };
}

tenancy_service::__statements! {
    FindSession { now: Int, id_hash: Bytes }
        -> [Bytes, Id, Int, Id, Text, Text, Int, Id, Text, Int, Int, Text, Text, Int, Int, Int, Int] = find!("= :id_hash");

    /// While several keys are understood.
    FindSessionByAny { now: Int, hash_1: Bytes, hash_2: Bytes, hash_3: Bytes, hash_4: Bytes }
        -> [Bytes, Id, Int, Id, Text, Text, Int, Id, Text, Int, Int, Text, Text, Int, Int, Int, Int] =
        find!("IN (:hash_1, :hash_2, :hash_3, :hash_4)");

    MarkSeen { now: Int, staff_idle: Int, idle: Int, id_hash: Bytes } =
        concat!(
            "UPDATE gateway_sessions SET seen_at = :now, idle_until = :now + ",
            for_staff!("gateway_sessions.user_id", ":staff_idle", ":idle"),
            " WHERE id_hash = :id_hash AND ",
            live!()
        );

    IsAlive { handle: Id, now: Int } -> [Id] =
        concat!("SELECT handle FROM gateway_sessions WHERE handle = :handle AND ", live!());

    /// Takes the row's lock, so that a logout of the same provider session comes wholly before or wholly after.
    MeetProviderSession { issuer: Text, sid: Text, now: Int, life: Int } =
        "INSERT INTO gateway_provider_sessions (issuer, sid, keep_until) VALUES (:issuer, :sid, :now + :life) \
         ON CONFLICT (issuer, sid) DO UPDATE SET keep_until = excluded.keep_until";

    ReplaceSession { now: Int, handle: Id } =
        "UPDATE gateway_sessions SET ended_at = :now, ended_why = 'replaced', sealed_id_token = NULL, \
         sealed_refresh_token = NULL WHERE handle = :handle AND ended_at IS NULL";

    /// The organization is the user's only one; of several none is chosen silently. A provider's word about the future does
    /// not make an authentication younger than now.
    InsertSession {
        id_hash: Bytes, handle: Id, authenticated_at: Int, now: Int, methods: Text, assurance: Text, sid: Text,
        staff_idle: Int, idle: Int, staff_absolute: Int, absolute: Int, id_token: Bytes, refresh_token: Bytes,
        agent: Text, issuer: Text, subject: Text,
    } =
        concat!(
            "INSERT INTO gateway_sessions (id_hash, handle, user_id, user_epoch, org_id, auth_time, amr, acr, \
             issuer, provider_sid, created_at, seen_at, idle_until, abs_until, sealed_id_token, sealed_refresh_token, agent) \
             SELECT :id_hash, :handle, u.id, u.session_epoch, \
             (SELECT m.org_id FROM gateway_memberships m JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
              WHERE m.user_id = u.id AND NOT EXISTS (SELECT 1 FROM gateway_memberships n \
              JOIN gateway_organizations p ON p.id = n.org_id AND p.state = 'active' \
              WHERE n.user_id = u.id AND n.org_id <> m.org_id)), \
             CASE WHEN :authenticated_at < :now THEN :authenticated_at ELSE :now END, :methods, :assurance, u.issuer, :sid, \
             :now, :now, :now + ",
            for_staff!("u.id", ":staff_idle", ":idle"),
            ", :now + ",
            for_staff!("u.id", ":staff_absolute", ":absolute"),
            ", :id_token, :refresh_token, :agent FROM gateway_users u \
             WHERE u.issuer = :issuer AND u.subject = :subject AND u.disabled = 0 \
             AND NOT EXISTS (SELECT 1 FROM gateway_provider_sessions e \
             WHERE e.issuer = u.issuer AND e.sid = :sid AND :now < e.ended_until)"
        );

    RenewSession { new_hash: Bytes, now: Int, staff_idle: Int, idle: Int, id_hash: Bytes, version: Int } = renewed!("", "");

    /// The membership is looked up by the statement that writes it, so nothing can change in between.
    SwitchOrganization {
        new_hash: Bytes, now: Int, staff_idle: Int, idle: Int, id_hash: Bytes, version: Int, org: Id, slug: Text,
    } =
        renewed!(
            ", org_id = (SELECT o.id FROM gateway_organizations o WHERE o.id = :org OR o.slug = :slug)",
            " AND EXISTS (SELECT 1 FROM gateway_memberships m \
              JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
              WHERE m.user_id = gateway_sessions.user_id AND (o.id = :org OR o.slug = :slug))"
        );

    /// Only for the session's own user. How long the session lives at most does not change.
    RaiseAssurance {
        new_hash: Bytes, now: Int, staff_idle: Int, idle: Int, id_hash: Bytes, version: Int,
        authenticated_at: Int, methods: Text, assurance: Text, sid: Text, id_token: Bytes, refresh_token: Bytes,
        issuer: Text, subject: Text,
    } =
        renewed!(
            ", auth_time = CASE WHEN :authenticated_at < :now THEN :authenticated_at ELSE :now END, amr = :methods, \
             acr = :assurance, provider_sid = :sid, sealed_id_token = :id_token, sealed_refresh_token = :refresh_token",
            " AND EXISTS (SELECT 1 FROM gateway_users v WHERE v.id = gateway_sessions.user_id \
              AND v.issuer = :issuer AND v.subject = :subject) \
              AND NOT EXISTS (SELECT 1 FROM gateway_provider_sessions e \
              WHERE e.issuer = :issuer AND e.sid = :sid AND :now < e.ended_until)"
        );

    EndOwnSession { now: Int, why: Text, handle: Id, user: Id } = end!("handle = :handle AND user_id = :user");

    EndSessionsOfUser { now: Int, why: Text, user: Id } = end!("user_id = :user");

    EndSessionsOfOrganization { now: Int, why: Text, org: Id } = end!("org_id = :org");

    EndSessionsOfProvider { now: Int, why: Text, issuer: Text, sid: Text } =
        end!("issuer = :issuer AND provider_sid = :sid");

    EndSessionsOfSubject { now: Int, why: Text, issuer: Text, subject: Text } =
        end!("user_id = (SELECT id FROM gateway_users WHERE issuer = :issuer AND subject = :subject)");

    RaiseEpochOfProviderSession { issuer: Text, sid: Text } =
        "UPDATE gateway_users SET epoch = epoch + 1 WHERE id IN \
         (SELECT user_id FROM gateway_sessions WHERE issuer = :issuer AND provider_sid = :sid)";

    /// A logout that comes before the sign-in has stored its session waits for it here.
    MarkProviderLogout { issuer: Text, sid: Text, now: Int, life: Int } =
        "INSERT INTO gateway_provider_sessions (issuer, sid, ended_until, keep_until) \
         VALUES (:issuer, :sid, :now + :life, :now + :life) ON CONFLICT (issuer, sid) DO UPDATE \
         SET ended_until = excluded.ended_until, keep_until = excluded.keep_until";

    ListSessions { user: Id, now: Int, most: Int } -> [Id, Int, Int, Text] =
        "SELECT handle, created_at, seen_at, agent FROM gateway_sessions WHERE user_id = :user AND \
         user_epoch = (SELECT session_epoch FROM gateway_users WHERE id = :user) AND ended_at IS NULL \
         AND :now < idle_until AND :now < abs_until ORDER BY seen_at DESC, created_at DESC LIMIT :most";

    AuditSessionsBeyondLimit { now: Int, event: Text, issuer: Text, subject: Text, begun: Id, beside: Int } =
        beyond!(
            "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
             SELECT :now, :event, 'too many', user_id, org_id, handle FROM gateway_sessions WHERE "
        );

    EndSessionsBeyondLimit { now: Int, issuer: Text, subject: Text, begun: Id, beside: Int } =
        beyond!(
            "UPDATE gateway_sessions SET ended_at = :now, ended_why = 'too many', sealed_id_token = NULL, \
             sealed_refresh_token = NULL WHERE "
        );

    ReadIdToken { id_hash: Bytes, now: Int } -> [Bytes] =
        concat!("SELECT sealed_id_token FROM gateway_sessions WHERE id_hash = :id_hash AND ", live!());

    LendRefreshToken { now: Int, lease: Int, id_hash: Bytes } -> [Bytes] =
        concat!(
            "UPDATE gateway_sessions SET refreshing_until = :now + :lease WHERE id_hash = :id_hash \
             AND refreshing_until <= :now AND sealed_refresh_token IS NOT NULL AND ",
            live!(),
            " RETURNING sealed_refresh_token"
        );

    /// Not where the session was changed or ended meanwhile.
    KeepTokens { refresh_token: Bytes, id_token: Bytes, id_hash: Bytes, version: Int, now: Int } =
        concat!(
            "UPDATE gateway_sessions SET version = version + 1, sealed_refresh_token = :refresh_token, refreshing_until = 0, \
             sealed_id_token = COALESCE(:id_token, sealed_id_token) WHERE id_hash = :id_hash AND version = :version AND ",
            live!()
        );

    /// A line about a session, with the user and the organization that its row holds when the line is written.
    AuditSession { now: Int, event: Text, reason: Text, handle: Id } =
        "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
         SELECT :now, :event, :reason, user_id, org_id, handle FROM gateway_sessions WHERE handle = :handle";

    /// Whatever ended a session, it is over at its absolute limit.
    DeleteSessions { now: Int, kept: Int, most: Int } =
        "DELETE FROM gateway_sessions WHERE id_hash IN \
         (SELECT id_hash FROM gateway_sessions WHERE abs_until < :now - :kept LIMIT :most)";

    DeleteProviderSessions { now: Int, most: Int } =
        "DELETE FROM gateway_provider_sessions WHERE (issuer, sid) IN (SELECT issuer, sid \
         FROM gateway_provider_sessions WHERE keep_until < :now LIMIT :most)";

    /// Sign-ins that were begun and did not come back in time.
    DeleteLogins { now: Int, most: Int } =
        "DELETE FROM gateway_logins WHERE key IN (SELECT key \
         FROM gateway_logins WHERE expires_at <= :now ORDER BY expires_at LIMIT :most)";
}
