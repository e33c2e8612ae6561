//! The statements that do not depend on the model.

use super::database::{Kind, Text};
use super::dialect::Dialect;

/// The columns of a relationship, in the order that [`stored`](super::read::stored) reads.
const RELATIONSHIP: &str = "r.organization_id, r.resource_type, r.resource_id, r.relation, r.subject_type, \
                            r.subject_id, r.subject_relation, r.expires_at, r.written_at, r.written_by";

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
const NAMES: &str = "resource_type = $1 AND resource_id = $2 AND relation = $3 AND subject_type = $4 \
                     AND subject_id = $5 AND subject_relation = $6";

const RAISE: &str = "INSERT INTO permission_epochs (org_id, epoch) VALUES ($1, $2) ON CONFLICT (org_id) \
                     DO UPDATE SET epoch = permission_epochs.epoch + excluded.epoch RETURNING epoch";

/// The columns of a line of the log, in the order of the parameters.
const LOG: &str = "organization_id, written_by, reason, operation, relationship, expires_at, written_at";

/// The columns of a line of the log, as [`read_log`](super::SqlEngine::read_log) reads them.
const LOG_KINDS: &[Kind] =
    &[Kind::Int, Kind::Org, Kind::Int, Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Int];

fn log_of(organization: &str) -> String {
    format!(
        "SELECT id, organization_id, written_at, written_by, reason, operation, relationship, expires_at \
         FROM permission_log WHERE {organization} AND id < $1 ORDER BY id DESC LIMIT $2"
    )
}

const NAMED: &str = "SELECT COUNT(*) FROM permission_relationships WHERE resource_id = $1 OR subject_id = $1";

/// The lines about deletions stay whole: the account that deleted the organization is the only one that they name.
const ERASE_OWN_LINES: &str = "UPDATE permission_log SET written_by = 'erased', reason = 'erased', \
                               relationship = 'erased' WHERE organization_id = $1 \
                               AND operation <> 'delete organization' AND relationship <> 'erased'";

const ERASE_NAMING_LINES: &str = "UPDATE permission_log SET relationship = 'erased' WHERE relationship LIKE $1";

/// Texts, with the meaning of their parameters where it is not evident.
#[derive(Debug)]
pub(super) struct Fixed {
    /// Locks the epoch of the levels above organizations against writers of those levels.
    pub(super) share_upper: Text,
    /// The epochs of an organization and of the levels above organizations: organization.
    pub(super) epochs: Text,
    /// Adds to an epoch, and locks it until the transaction ends: organization or nil, summand.
    pub(super) raise: Text,
    /// Adds one to every epoch: what is above organizations counts in each of them.
    pub(super) raise_all: Text,
    /// 1 and the stored expiry of a relationship: six names, organization.
    pub(super) find: Text,
    /// Six names, organization, expiry, account.
    pub(super) touch: Text,
    /// The same; replaces nothing but an expired relationship.
    pub(super) create: Text,
    /// `touch` that writes the line of the log too, for PostgreSQL: the values of `touch`, reason, operation, relationship.
    /// It returns whether the relationship was stored before, and its expiry then.
    pub(super) touch_logged: Text,
    /// The same of `create`. It returns no row where it stores nothing.
    pub(super) create_logged: Text,
    /// Six names, organization.
    pub(super) delete: Text,
    /// Organization, account, reason, operation, relationship, expiry.
    pub(super) log: Text,
    /// How many direct subjects without an expiry a relation has: type, id, relation, subject type, organization.
    pub(super) holders: Text,
    /// Organization: deletes all of it.
    pub(super) delete_own: Text,
    /// Type, id: deletes what names the object as its subject; returns the organization of each.
    pub(super) delete_subject: Text,
    /// Type, id: deletes what is about the object; returns the organization of each.
    pub(super) delete_object: Text,
    /// Id: how many relationships name it as that of an object, of whatever type.
    pub(super) named: Text,
    /// Organization: takes the texts out of its lines of the log.
    pub(super) erase_own_lines: Text,
    /// Pattern: takes relationships out of the log.
    pub(super) erase_naming_lines: Text,
    /// What is stored of an organization, by which of object, relation and subject are named: organization, limit, their
    /// names.
    listed: [Text; 8],
    /// The log above organizations, the newest first: before, limit.
    pub(super) log_above: Text,
    /// The log of an organization: before, limit, organization.
    pub(super) log_within: Text,
    /// What counts for a question: type, id, relation, time, organization, limit.
    pub(super) in_force: Text,
    /// Relationships in force whose subject is a userset: type, id, relation, time, limit.
    pub(super) of_userset: Text,
    /// The same of what counts for an organization: its number is 6.
    pub(super) of_userset_within: Text,
    /// The newest model's fingerprint.
    pub(super) newest_model: Text,
    /// The newest model's text.
    pub(super) newest_text: Text,
    /// Whether the table of versions is there.
    pub(super) is_migrated: Text,
    /// Fingerprint, text.
    pub(super) record_model: Text,
    /// The version of the tables.
    pub(super) version: Text,
    /// Version.
    pub(super) record_version: Text,
}

impl Fixed {
    /// What is stored of an organization, where these parts are named.
    pub(super) fn listed(&self, object: bool, relation: bool, subject: bool) -> &Text {
        &self.listed[usize::from(object) | usize::from(relation) << 1 | usize::from(subject) << 2]
    }

    pub(super) fn new(dialect: Dialect) -> Self {
        let fixed = Texts { dialect };
        let (stored, int, clock) = (fixed.stored(), &[Kind::Int], dialect.clock());
        let expired = format!(" WHERE permission_relationships.expires_at <= {clock}");
        let mine = |parameter: &str| dialect.of_level("organization_id", parameter);
        let text = |sql: &str, columns: &[Kind]| fixed.text(sql, columns);
        Self {
            share_upper: fixed.share_upper(),
            epochs: fixed.epochs(),
            raise: text(RAISE, int),
            raise_all: text("UPDATE permission_epochs SET epoch = epoch + 1", &[]),
            find: text(
                &format!(
                    "SELECT CAST(1 AS bigint), expires_at FROM permission_relationships WHERE {NAMES} AND {}",
                    mine("$7")
                ),
                &[Kind::Int; 2],
            ),
            touch: text(&stored, &[]),
            create: text(&format!("{stored}{expired}"), &[]),
            touch_logged: fixed.logged(&stored),
            create_logged: fixed.logged(&format!("{stored}{expired}")),
            delete: text(&format!("DELETE FROM permission_relationships WHERE {NAMES} AND {}", mine("$7")), &[]),
            log: text(&format!("INSERT INTO permission_log ({LOG}) VALUES ($1, $2, $3, $4, $5, $6, {clock})"), &[]),
            holders: fixed.holders(),
            delete_own: text(&format!("DELETE FROM permission_relationships WHERE {}", mine("$1")), &[]),
            delete_subject: fixed.delete_object("subject"),
            delete_object: fixed.delete_object("resource"),
            named: text(NAMED, int),
            erase_own_lines: text(ERASE_OWN_LINES, &[]),
            erase_naming_lines: text(ERASE_NAMING_LINES, &[]),
            listed: std::array::from_fn(|named| fixed.listed(named)),
            log_above: text(&log_of("organization_id IS NULL"), LOG_KINDS),
            log_within: text(&log_of("organization_id = $3"), LOG_KINDS),
            in_force: fixed.in_force(),
            of_userset: fixed.relationships(&fixed.userset(), "$5"),
            of_userset_within: fixed.of_userset_within(),
            newest_model: text("SELECT fingerprint FROM permission_model ORDER BY id DESC LIMIT 1", &[Kind::Text]),
            newest_text: text("SELECT text FROM permission_model ORDER BY id DESC LIMIT 1", &[Kind::Text]),
            is_migrated: text(&format!("SELECT {}", dialect.is_table("permission_migrations")), int),
            record_model: text(
                &format!("INSERT INTO permission_model (fingerprint, text, since) VALUES ($1, $2, {clock})"),
                &[],
            ),
            version: text("SELECT COALESCE(MAX(version), 0) FROM permission_migrations", int),
            record_version: text(
                &format!("INSERT INTO permission_migrations (version, applied_at) VALUES ($1, {clock})"),
                &[],
            ),
        }
    }
}

/// Writes the texts for one database.
#[derive(Clone, Copy)]
struct Texts {
    dialect: Dialect,
}

impl Texts {
    fn text(self, sql: &str, columns: &[Kind]) -> Text {
        Text::new(self.dialect.parameters(sql), columns)
    }

    fn epochs(self) -> Text {
        let epoch =
            |of: &str| format!("COALESCE((SELECT e.epoch FROM permission_epochs AS e WHERE e.org_id = {of}), 0)");
        let (own, upper) = (epoch(&self.dialect.organization("$1")), epoch(self.dialect.nil()));
        self.text(&format!("SELECT {own}, {upper}"), &[Kind::Int; 2])
    }

    fn share_upper(self) -> Text {
        let (nil, share) = (self.dialect.nil(), self.dialect.for_share());
        self.text(&format!("SELECT epoch FROM permission_epochs WHERE org_id = {nil}{share}"), &[Kind::Int])
    }

    /// Six names, organization, expiry, account. What is stored of the same organization and names is replaced.
    fn stored(self) -> String {
        let (level, clock) = (self.dialect.level("organization_id"), self.dialect.clock());
        format!(
            "INSERT INTO permission_relationships (resource_type, resource_id, relation, subject_type, subject_id, \
             subject_relation, organization_id, expires_at, written_at, written_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {clock}, $9) \
             ON CONFLICT ({level}, resource_type, resource_id, relation, subject_type, subject_id, subject_relation) \
             DO UPDATE SET expires_at = excluded.expires_at, written_at = excluded.written_at, \
             written_by = excluded.written_by"
        )
    }

    /// `stored` and the line of the log. What `RETURNING` selects is as it was before the statement.
    fn logged(self, stored: &str) -> Text {
        let (mine, clock) = (self.dialect.of_level("organization_id", "$7"), self.dialect.clock());
        let before = format!("FROM permission_relationships AS p WHERE {NAMES} AND {mine}");
        let sql = format!(
            "WITH stored AS ({stored} RETURNING (SELECT COUNT(*) {before}) AS found, (SELECT p.expires_at {before}) AS expiry), \
             line AS (INSERT INTO permission_log ({LOG}) SELECT $7, $9, $10, $11, $12, $8, {clock} FROM stored) \
             SELECT found, expiry FROM stored"
        );
        self.text(&sql, &[Kind::Int; 2])
    }

    /// `column`: `subject` or `resource`.
    fn delete_object(self, column: &str) -> Text {
        let kind = match column {
            "subject" => self.dialect.by_subject("subject_type"),
            _ => format!("{column}_type"),
        };
        let sql = format!(
            "DELETE FROM permission_relationships WHERE {kind} = $1 AND {column}_id = $2 RETURNING organization_id"
        );
        self.text(&sql, &[Kind::Org])
    }

    fn holders(self) -> Text {
        let mine = self.dialect.of_level("organization_id", "$5");
        let sql = format!(
            "SELECT COUNT(*) FROM permission_relationships WHERE {mine} \
             AND resource_type = $1 AND resource_id = $2 AND relation = $3 AND subject_type = $4 \
             AND subject_relation = '' AND subject_id <> '*' AND expires_at IS NULL"
        );
        self.text(&sql, &[Kind::Int])
    }

    /// `named`: which of object, relation and subject are named, as [`Fixed::listed`] numbers them.
    fn listed(self, named: usize) -> Text {
        let mut condition = self.dialect.of_level("r.organization_id", "$1");
        let mut next = 3;
        let columns: [&[&str]; 3] =
            [&["resource_type", "resource_id"], &["relation"], &["subject_type", "subject_id", "subject_relation"]];
        for (_, columns) in columns.iter().enumerate().filter(|(bit, _)| named & (1 << bit) != 0) {
            for column in *columns {
                let column = match *column {
                    // Without an object it is found by the subject.
                    "subject_type" if named & 1 == 0 => self.dialect.by_subject("r.subject_type"),
                    column => format!("r.{column}"),
                };
                condition.push_str(&format!(" AND {column} = ${next}"));
                next += 1;
            }
        }
        self.relationships(&condition, "$2")
    }

    fn in_force(self) -> Text {
        let counts = self.dialect.counts_for("r.organization_id", "$5");
        let condition = "r.resource_type = $1 AND r.resource_id = $2 AND r.relation = $3 \
                         AND (r.expires_at IS NULL OR r.expires_at > $4)";
        self.relationships(&format!("{counts} AND {condition}"), "$6")
    }

    fn of_userset_within(self) -> Text {
        let counts = self.dialect.counts_for("r.organization_id", "$6");
        self.relationships(&format!("{} AND {counts}", self.userset()), "$5")
    }

    fn userset(self) -> String {
        format!(
            "{} = $1 AND r.subject_id = $2 AND r.subject_relation = $3 AND (r.expires_at IS NULL OR r.expires_at > $4)",
            self.dialect.by_subject("r.subject_type"),
        )
    }

    fn relationships(self, condition: &str, limit: &str) -> Text {
        let sql = format!(
            "SELECT {RELATIONSHIP} FROM permission_relationships AS r WHERE {condition} \
             ORDER BY r.resource_type, r.resource_id, r.relation, r.subject_type, r.subject_id, r.subject_relation \
             LIMIT {limit}"
        );
        self.text(&sql, RELATIONSHIP_KINDS)
    }
}
