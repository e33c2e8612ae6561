//! The platform's staff, and their access to organizations.

use super::fragments::{for_staff, live, renewed};

/// The columns that describe an access.
macro_rules! accesses {
    () => {
        "SELECT e.id, e.org_id, u.issuer, u.subject, e.reason, e.ticket, e.writes, e.entered_at, e.until, n.ended_at, \
         v.issuer, v.subject FROM gateway_entries e JOIN gateway_users u ON u.id = e.user_id \
         LEFT JOIN gateway_entry_ends n ON n.entry = e.id LEFT JOIN gateway_entry_approvals a ON a.entry = e.id \
         LEFT JOIN gateway_users v ON v.id = a.user_id"
    };
}

/// Which accesses wait: those that need an approval and have none, whose time is not over, and that did not end. Takes `now`.
macro_rules! waiting {
    () => {
        "e.needs_approval = 1 AND :now < e.until \
         AND NOT EXISTS (SELECT 1 FROM gateway_entry_approvals p WHERE p.entry = e.id) \
         AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends f WHERE f.entry = e.id)"
    };
}

/// An access holds for its own session while that is alive, the access's time is not over, and it did not end. Its user is of the
/// staff and a member of no organization, its organization is active, and another member of staff approved it if it needs that.
/// Takes `session`, `user`, `org`, `now` and `leeway`.
macro_rules! holding {
    ($what:literal) => {
        concat!(
            $what,
            " FROM gateway_entries e JOIN gateway_staff t ON t.user_id = e.user_id \
             JOIN gateway_users u ON u.id = e.user_id AND u.disabled = 0 \
             JOIN gateway_organizations o ON o.id = e.org_id AND o.state = 'active' \
             JOIN gateway_sessions s ON s.handle = e.session AND s.user_epoch = u.session_epoch AND s.ended_at IS NULL \
             WHERE e.session = :session AND e.user_id = :user AND e.org_id = :org AND :now + :leeway < e.until \
             AND :now < s.idle_until AND :now < s.abs_until \
             AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id) \
             AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = e.user_id) \
             AND (e.needs_approval = 0 OR EXISTS (SELECT 1 FROM gateway_entry_approvals a \
             WHERE a.entry = e.id AND a.user_id <> e.user_id))"
        )
    };
}

tenancy_service::__statements! {
    AddStaff { now: Int, issuer: Text, subject: Text } =
        "INSERT INTO gateway_staff (user_id, created_at) SELECT u.id, :now FROM gateway_users u \
         WHERE u.issuer = :issuer AND u.subject = :subject \
         AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = u.id)";

    RemoveStaff { issuer: Text, subject: Text } =
        "DELETE FROM gateway_staff WHERE user_id = \
         (SELECT id FROM gateway_users WHERE issuer = :issuer AND subject = :subject)";

    IsStaff { user: Id } -> [Id] = "SELECT t.user_id FROM gateway_staff t WHERE t.user_id = :user";

    IsStaffSubject { issuer: Text, subject: Text } -> [Id] =
        "SELECT t.user_id FROM gateway_staff t JOIN gateway_users u ON u.id = t.user_id \
         WHERE u.issuer = :issuer AND u.subject = :subject";

    /// That the user is of the staff is asked by the statement that writes the organization, under the user's row that every
    /// change of it holds.
    EnterOrganization {
        new_hash: Bytes, now: Int, staff_idle: Int, idle: Int, id_hash: Bytes, version: Int, org: Id, slug: Text,
    } =
        renewed!(
            ", org_id = (SELECT o.id FROM gateway_organizations o WHERE o.id = :org OR o.slug = :slug)",
            " AND EXISTS (SELECT 1 FROM gateway_staff s WHERE s.user_id = gateway_sessions.user_id) \
              AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = gateway_sessions.user_id) \
              AND EXISTS (SELECT 1 FROM gateway_organizations o WHERE o.state = 'active' AND (o.id = :org OR o.slug = :slug))"
        );

    LeaveOrganization { new_hash: Bytes, now: Int, staff_idle: Int, idle: Int, id_hash: Bytes, version: Int } =
        renewed!(
            ", org_id = NULL",
            " AND EXISTS (SELECT 1 FROM gateway_staff s WHERE s.user_id = gateway_sessions.user_id)"
        );

    /// The organization and the user are those that the session's row holds now.
    InsertAccess {
        id: Id, writes: Int, needs_approval: Int, reason: Text, ticket: Text, now: Int, lasts: Int, handle: Id,
    } =
        "INSERT INTO gateway_entries \
         (id, session, user_id, org_id, writes, needs_approval, reason, ticket, entered_at, until) \
         SELECT :id, handle, user_id, org_id, :writes, :needs_approval, :reason, :ticket, :now, :now + :lasts \
         FROM gateway_sessions WHERE handle = :handle";

    /// Ends what a session has open.
    EndAccessesOfSession { now: Int, why: Text, session: Id } =
        "INSERT INTO gateway_entry_ends (entry, ended_at, why) SELECT e.id, :now, :why FROM gateway_entries e \
         WHERE e.session = :session AND :now < e.until \
         AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id)";

    /// Ends what a user has open.
    EndAccessesOfSubject { now: Int, why: Text, issuer: Text, subject: Text } =
        "INSERT INTO gateway_entry_ends (entry, ended_at, why) SELECT e.id, :now, :why FROM gateway_entries e \
         JOIN gateway_users u ON u.id = e.user_id WHERE u.issuer = :issuer AND u.subject = :subject AND :now < e.until \
         AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id)";

    ListWaiting { now: Int, most: Int } -> [Id, Id, Text, Text, Text, Text, Int, Int, Int, Int, Text, Text] =
        concat!(
            accesses!(),
            " JOIN gateway_staff s ON s.user_id = e.user_id WHERE ",
            waiting!(),
            " ORDER BY e.entered_at, e.id LIMIT :most"
        );

    /// Not those that waited for an approval and did not get it.
    ListAccesses { org: Id, most: Int } -> [Id, Id, Text, Text, Text, Text, Int, Int, Int, Int, Text, Text] =
        concat!(
            accesses!(),
            " WHERE e.org_id = :org AND (e.needs_approval = 0 OR a.entry IS NOT NULL) \
             ORDER BY e.entered_at DESC, e.id LIMIT :most"
        );

    /// Never one's own, and only by a user who is of the staff when it is written.
    ApproveAccess { now: Int, approver: Id, entry: Id } =
        concat!(
            "INSERT INTO gateway_entry_approvals (entry, user_id, approved_at) SELECT e.id, t.user_id, :now \
             FROM gateway_entries e JOIN gateway_staff t ON t.user_id = :approver AND t.user_id <> e.user_id \
             WHERE e.id = :entry AND ",
            waiting!()
        );

    /// The line of the approver, with the access that it is about.
    AuditApproval { now: Int, event: Text, reason: Text, user: Id, session: Id, entry: Id } =
        "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
         SELECT :now, :event, :reason, :user, e.org_id, :session FROM gateway_entries e WHERE e.id = :entry";

    FindAccess { session: Id, user: Id, org: Id, now: Int, leeway: Int } -> [Id, Id, Text, Int, Int, Int, Int] =
        holding!("SELECT e.id, e.org_id, o.slug, e.writes, e.until, o.epoch, u.epoch");

    /// A line of the log for each time that something is granted under an access, which it names.
    AuditGrant { event: Text, reason: Text, session: Id, user: Id, org: Id, now: Int, leeway: Int, entry: Id } =
        concat!(
            holding!(
                "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
                 SELECT :now, :event, :reason, e.user_id, e.org_id, e.session"
            ),
            " AND e.id = :entry"
        );

    HasEverEntered { session: Id } -> [Id] = "SELECT e.id FROM gateway_entries e WHERE e.session = :session LIMIT 1";

    IsWaiting { session: Id, now: Int } -> [Id] =
        concat!("SELECT e.id FROM gateway_entries e WHERE e.session = :session AND ", waiting!(), " LIMIT 1");
}
