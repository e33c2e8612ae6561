//! Links to a provider's organizations, members who join by a rule, and sign-ins that were begun.

/// What a rule needs besides the role: a link at the same issuer, an active organization, a user who is neither disabled,
/// nor a member already, nor was ever removed, nor is of the platform's staff.
macro_rules! joining {
    ($what:literal) => {
        concat!(
            $what,
            " FROM gateway_users u JOIN gateway_provider_organizations p ON p.issuer = u.issuer \
             JOIN gateway_organizations o ON o.id = p.org_id AND o.state = 'active' \
             WHERE u.issuer = :issuer AND u.subject = :subject AND u.disabled = 0 AND p.provider_id = :provider_id \
             AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = u.id AND m.org_id = o.id) \
             AND NOT EXISTS (SELECT 1 FROM gateway_removed_members r WHERE r.user_id = u.id AND r.org_id = o.id) \
             AND NOT EXISTS (SELECT 1 FROM gateway_staff t WHERE t.user_id = u.id)"
        )
    };
}

tenancy_service::__statements! {
    /// Holds the organization's row, so that it is not closed meanwhile.
    HoldOpenOrganization { org: Id } =
        "UPDATE gateway_organizations SET state = state WHERE id = :org AND state <> 'closed'";

    LinkOrganization { issuer: Text, provider_id: Text, org: Id, now: Int } =
        "INSERT INTO gateway_provider_organizations (issuer, provider_id, org_id, created_at) \
         VALUES (:issuer, :provider_id, :org, :now)";

    UnlinkOrganization { issuer: Text, provider_id: Text } =
        "DELETE FROM gateway_provider_organizations WHERE issuer = :issuer AND provider_id = :provider_id";

    FindLink { issuer: Text, provider_id: Text } -> [Id] =
        "SELECT org_id FROM gateway_provider_organizations WHERE issuer = :issuer AND provider_id = :provider_id";

    AuditLink { now: Int, event: Text, which: Text, actor: Text, issuer: Text, provider_id: Text } =
        "INSERT INTO gateway_audit (at, event, reason, actor, org_id) SELECT :now, :event, :which, :actor, org_id \
         FROM gateway_provider_organizations WHERE issuer = :issuer AND provider_id = :provider_id";

    /// Before [`JoinByRule`], which it would find done.
    AuditJoin { now: Int, role: Text, issuer: Text, subject: Text, provider_id: Text } =
        joining!(
            "INSERT INTO gateway_audit (at, event, reason, actor, user_id, org_id) \
             SELECT :now, 'member joined by rule', :role, 'join rule', u.id, o.id"
        );

    JoinByRule { tier: Text, now: Int, issuer: Text, subject: Text, provider_id: Text } =
        joining!("INSERT INTO gateway_memberships (user_id, org_id, tier, created_at) SELECT u.id, o.id, :tier, :now");

    /// Counted up to the bound and no further.
    KeepLogin { key: Text, sealed: Bytes, now: Int, life: Int, most: Int } =
        "INSERT INTO gateway_logins (key, sealed, expires_at) SELECT :key, :sealed, :now + :life \
         WHERE (SELECT count(*) FROM (SELECT 1 FROM gateway_logins WHERE key NOT LIKE 'done:%' LIMIT :most) kept) < :most";

    /// What was sealed for a browser and has come back.
    MarkLoginUsed { key: Text, sealed: Bytes, now: Int, life: Int } =
        "INSERT INTO gateway_logins (key, sealed, expires_at) VALUES (:key, :sealed, :now + :life)";

    /// Two callbacks at once meet on the row: one of them has it.
    TakeLogin { key: Text, now: Int } -> [Bytes] =
        "DELETE FROM gateway_logins WHERE key = :key AND :now < expires_at RETURNING sealed";
}
