//! Users, organizations, memberships, and their lines in the audit log.

use super::fragments::end;

tenancy_service::__statements! {
    CreateOrganization { org: Id, slug: Text, now: Int } =
        "INSERT INTO gateway_organizations (id, slug, created_at) VALUES (:org, :slug, :now)";

    SetOrganizationState { state: Text, org: Id } =
        "UPDATE gateway_organizations SET state = :state, epoch = epoch + 1 \
         WHERE id = :org AND state <> :state AND state <> 'closed'";

    /// Changes nothing, and holds the row, so that of two removals the second sees what the first did.
    HoldOrganization { org: Id } = "UPDATE gateway_organizations SET state = state WHERE id = :org";

    RaiseOrganizationEpoch { org: Id } = "UPDATE gateway_organizations SET epoch = epoch + 1 WHERE id = :org";

    UnlinkAll { org: Id } = "DELETE FROM gateway_provider_organizations WHERE org_id = :org";

    AddUser { id: Id, issuer: Text, subject: Text, now: Int } =
        "INSERT INTO gateway_users (id, issuer, subject, created_at) VALUES (:id, :issuer, :subject, :now) \
         ON CONFLICT (issuer, subject) DO NOTHING";

    /// Changes nothing, and holds the row: changes of one user's memberships come one after the other.
    HoldUser { issuer: Text, subject: Text } =
        "UPDATE gateway_users SET disabled = disabled WHERE issuer = :issuer AND subject = :subject";

    SetDisabled { disabled: Int, issuer: Text, subject: Text } =
        "UPDATE gateway_users SET disabled = :disabled, epoch = epoch + 1, session_epoch = session_epoch + 1 \
         WHERE issuer = :issuer AND subject = :subject AND disabled <> :disabled";

    /// What was granted to the user ends.
    RaiseEpoch { issuer: Text, subject: Text } =
        "UPDATE gateway_users SET epoch = epoch + 1 WHERE issuer = :issuer AND subject = :subject";

    /// What was granted to the user ends, and so do the user's sessions.
    RaiseBothEpochs { user: Id } =
        "UPDATE gateway_users SET epoch = epoch + 1, session_epoch = session_epoch + 1 WHERE id = :user";

    RaiseBothEpochsOf { issuer: Text, subject: Text } =
        "UPDATE gateway_users SET epoch = epoch + 1, session_epoch = session_epoch + 1 \
         WHERE issuer = :issuer AND subject = :subject";

    AddMember { tier: Text, now: Int, issuer: Text, subject: Text, org: Id } =
        "INSERT INTO gateway_memberships (user_id, org_id, tier, created_at) \
         SELECT u.id, o.id, :tier, :now FROM gateway_users u, gateway_organizations o \
         WHERE u.issuer = :issuer AND u.subject = :subject AND o.id = :org AND o.state <> 'closed' \
         AND NOT EXISTS (SELECT 1 FROM gateway_staff t WHERE t.user_id = u.id)";

    SetTier { tier: Text, org: Id, issuer: Text, subject: Text } =
        "UPDATE gateway_memberships SET tier = :tier WHERE org_id = :org AND tier <> :tier AND user_id = \
         (SELECT id FROM gateway_users WHERE issuer = :issuer AND subject = :subject)";

    RemoveMember { org: Id, issuer: Text, subject: Text } =
        "DELETE FROM gateway_memberships WHERE org_id = :org AND user_id = \
         (SELECT id FROM gateway_users WHERE issuer = :issuer AND subject = :subject)";

    RememberRemoval { org: Id, now: Int, issuer: Text, subject: Text } =
        "INSERT INTO gateway_removed_members (user_id, org_id, removed_at) \
         SELECT id, :org, :now FROM gateway_users WHERE issuer = :issuer AND subject = :subject \
         ON CONFLICT (user_id, org_id) DO NOTHING";

    /// Whether another member can sign in. An organization that is not active needs none.
    OthersRemain { org: Id, issuer: Text, subject: Text } -> [Id] =
        "SELECT o.id FROM gateway_organizations o WHERE o.id = :org AND (o.state <> 'active' OR EXISTS \
         (SELECT 1 FROM gateway_memberships m JOIN gateway_users u ON u.id = m.user_id AND u.disabled = 0 \
         WHERE m.org_id = o.id AND NOT (u.issuer = :issuer AND u.subject = :subject)))";

    IsMember { org: Id, issuer: Text, subject: Text } -> [Id] =
        "SELECT m.org_id FROM gateway_memberships m JOIN gateway_users u ON u.id = m.user_id \
         WHERE m.org_id = :org AND u.issuer = :issuer AND u.subject = :subject";

    ListMemberships { user: Id } -> [Id, Text, Text] =
        "SELECT o.id, o.slug, m.tier FROM gateway_memberships m \
         JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
         WHERE m.user_id = :user ORDER BY o.slug";

    /// The membership in the organization that a client means.
    FindMembership { user: Id, id: Id, slug: Text } -> [Id, Text, Int, Int] =
        "SELECT o.id, m.tier, o.epoch, u.epoch FROM gateway_memberships m \
         JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
         JOIN gateway_users u ON u.id = m.user_id AND u.disabled = 0 \
         WHERE m.user_id = :user AND (o.id = :id OR o.slug = :slug)";

    /// What a background job asks before it runs.
    FindStanding { issuer: Text, subject: Text, org: Id } -> [Text, Int, Int, Text] =
        "SELECT o.state, o.epoch, u.epoch, m.tier FROM gateway_organizations o \
         LEFT JOIN gateway_users u ON u.issuer = :issuer AND u.subject = :subject AND u.disabled = 0 \
         LEFT JOIN gateway_memberships m ON m.org_id = o.id AND m.user_id = u.id WHERE o.id = :org";

    /// A changed privilege never goes on under the old session id.
    EndSessionsIn { now: Int, why: Text, org: Id, issuer: Text, subject: Text } =
        end!("org_id = :org AND user_id = (SELECT id FROM gateway_users WHERE issuer = :issuer AND subject = :subject)");

    AuditSubject { now: Int, event: Text, actor: Text, org: Id, issuer: Text, subject: Text } =
        "INSERT INTO gateway_audit (at, event, actor, user_id, org_id) \
         SELECT :now, :event, :actor, id, :org FROM gateway_users WHERE issuer = :issuer AND subject = :subject";

    AuditDirectory { now: Int, event: Text, actor: Text, user: Id, org: Id } =
        "INSERT INTO gateway_audit (at, event, actor, user_id, org_id) VALUES (:now, :event, :actor, :user, :org)";

    /// A line about a sign-in that was refused, when the user is known.
    AuditRefusedSubject { now: Int, event: Text, reason: Text, issuer: Text, subject: Text } =
        "INSERT INTO gateway_audit (at, event, reason, user_id) \
         SELECT :now, :event, :reason, id FROM gateway_users WHERE issuer = :issuer AND subject = :subject";

    /// Whether the tables can be read.
    ProbeTables {} -> [Int] = "SELECT count(*) FROM (SELECT 1 FROM gateway_sessions LIMIT 1) one";

    /// Whether the audit log may be written to, without a line.
    ProbeAudit { now: Int, event: Text } =
        "INSERT INTO gateway_audit (at, event) SELECT :now, :event WHERE 1 = 0";

    /// Whether a row can be written: always the same, which the clean-up deletes.
    ProbeWrite { issuer: Text, sid: Text, now: Int } =
        "INSERT INTO gateway_provider_sessions (issuer, sid, keep_until) VALUES (:issuer, :sid, :now) \
         ON CONFLICT (issuer, sid) DO UPDATE SET keep_until = excluded.keep_until";
}
