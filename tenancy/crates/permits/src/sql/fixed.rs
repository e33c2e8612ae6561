//! The statements that do not depend on the model.

use super::database::{Kind, Text};
use super::dialect::Dialect;

/// The columns of a relationship, in the order that [`stored`](super::read::stored) reads.
const RELATIONSHIP: &str = "r.org_id, r.resource_type, r.resource_id, r.relation, r.subject_type, r.subject_id, r.subject_relation, \
                            r.expires_at, r.written_at, r.written_by";

/// Their types.
const RELATIONSHIP_KINDS: &[Kind] = &[
    Kind::Org,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Int,
    Kind::Int,
    Kind::Text,
];

/// The six names of a relationship are `$1` to `$6`, its organization is `$7`.
const SAME_NAMES: &str = "resource_type = $1 AND resource_id = $2 AND relation = $3 AND subject_type = $4 AND subject_id = $5 \
                          AND subject_relation = $6";

/// Texts, with the meaning of their parameters where it is not evident.
#[derive(Debug)]
pub(super) struct Fixed {
    /// Locks the epoch of the levels above organizations against writers of those levels.
    pub(super) share_upper: Text,
    /// Adds to an epoch, and locks it until the transaction ends: organization or nil, summand.
    pub(super) raise: Text,
    /// Adds one to every epoch: what is above organizations counts in each of them.
    pub(super) raise_all: Text,
    /// The stored organization and expiry of a relationship.
    pub(super) find: Text,
    /// Six names, organization, expiry, account.
    pub(super) touch: Text,
    /// The same; replaces nothing but an expired relationship of the organization.
    pub(super) create: Text,
    /// Six names, organization.
    pub(super) delete: Text,
    /// Organization, account, reason, operation, relationship, expiry.
    pub(super) log: Text,
    /// How many direct subjects without an expiry a relation has: type, id, relation, subject type, organization.
    pub(super) holders: Text,
    /// Organization: deletes all of it.
    pub(super) delete_organization: Text,
    /// Organization, type, id, limit.
    pub(super) of_object: Text,
    /// Organization, type, id, relation, limit.
    pub(super) of_subject: Text,
    /// Organization, limit.
    pub(super) of_organization: Text,
    /// What counts for a question: type, id, relation, time, organization, limit.
    pub(super) in_force: Text,
    /// The newest model's fingerprint.
    pub(super) newest_model: Text,
    /// Fingerprint, text.
    pub(super) record_model: Text,
    /// The version of the tables.
    pub(super) version: Text,
    /// Version.
    pub(super) record_version: Text,
}

impl Fixed {
    pub(super) fn new(dialect: Dialect) -> Self {
        let text = |sql: &str, columns: &[Kind]| Text::new(dialect.parameters(sql), columns);
        let (nil, clock, share) = (dialect.nil(), dialect.clock(), dialect.for_share());
        let organization = |parameter: &str| format!("org_id IS NOT DISTINCT FROM {}", dialect.organization(parameter));
        let mine = organization("$7");
        let inserted = format!(
            "INSERT INTO permission_relationships (resource_type, resource_id, relation, subject_type, subject_id, subject_relation, \
             org_id, expires_at, written_at, written_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {clock}, $9) \
             ON CONFLICT (resource_type, resource_id, relation, subject_type, subject_id, subject_relation) DO UPDATE SET \
             expires_at = excluded.expires_at, written_at = excluded.written_at, written_by = excluded.written_by \
             WHERE permission_relationships.{mine}",
        );
        let listed = |condition: &str, limit: &str| {
            let order = "r.resource_type, r.resource_id, r.relation, r.subject_type, r.subject_id, r.subject_relation";
            let sql = format!(
                "SELECT {RELATIONSHIP} FROM permission_relationships AS r WHERE {condition} ORDER BY {order} LIMIT {limit}"
            );
            text(&sql, RELATIONSHIP_KINDS)
        };
        Self {
            share_upper: text(
                &format!("SELECT epoch FROM permission_epochs WHERE org_id = {nil}{share}"),
                &[Kind::Int],
            ),
            raise: text(
                "INSERT INTO permission_epochs (org_id, epoch) VALUES ($1, $2) ON CONFLICT (org_id) \
                 DO UPDATE SET epoch = permission_epochs.epoch + excluded.epoch RETURNING epoch",
                &[Kind::Int],
            ),
            raise_all: text("UPDATE permission_epochs SET epoch = epoch + 1", &[]),
            find: text(
                &format!("SELECT org_id, expires_at FROM permission_relationships WHERE {SAME_NAMES}"),
                &[Kind::Org, Kind::Int],
            ),
            touch: text(&inserted, &[]),
            create: text(&format!("{inserted} AND permission_relationships.expires_at <= {clock}"), &[]),
            delete: text(&format!("DELETE FROM permission_relationships WHERE {SAME_NAMES} AND {mine}"), &[]),
            log: text(
                &format!(
                    "INSERT INTO permission_log (org_id, written_by, reason, operation, relationship, expires_at, written_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, {clock})"
                ),
                &[],
            ),
            holders: text(
                &format!(
                    "SELECT COUNT(*) FROM permission_relationships WHERE resource_type = $1 AND resource_id = $2 AND relation = $3 \
                     AND subject_type = $4 AND subject_relation = '' AND subject_id <> '*' AND expires_at IS NULL AND {}",
                    organization("$5")
                ),
                &[Kind::Int],
            ),
            delete_organization: text("DELETE FROM permission_relationships WHERE org_id = $1", &[]),
            of_object: listed(
                &format!("r.{} AND r.resource_type = $2 AND r.resource_id = $3", organization("$1")),
                "$4",
            ),
            of_subject: listed(
                &format!(
                    "r.{} AND r.subject_type = $2 AND r.subject_id = $3 AND r.subject_relation = $4",
                    organization("$1")
                ),
                "$5",
            ),
            of_organization: listed(&format!("r.{}", organization("$1")), "$2"),
            in_force: listed(
                "r.resource_type = $1 AND r.resource_id = $2 AND r.relation = $3 AND (r.expires_at IS NULL OR r.expires_at > $4) \
                 AND (r.org_id = $5 OR r.org_id IS NULL)",
                "$6",
            ),
            newest_model: text("SELECT fingerprint FROM permission_model ORDER BY id DESC LIMIT 1", &[Kind::Text]),
            record_model: text(
                &format!("INSERT INTO permission_model (fingerprint, text, since) VALUES ($1, $2, {clock})"),
                &[],
            ),
            version: text("SELECT COALESCE(MAX(version), 0) FROM permission_migrations", &[Kind::Int]),
            record_version: text(
                &format!("INSERT INTO permission_migrations (version, applied_at) VALUES ($1, {clock})"),
                &[],
            ),
        }
    }
}
