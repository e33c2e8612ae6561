//! What the server's catalogue says about everything that a wall is made of.

use crate::policy::{DELETE_POLICY, POLICY};
use crate::storage::Storage;
use serde::Deserialize;

/// The part of the catalogue that a plan is compared with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Catalog {
    roles: Vec<Role>,
    schemas: Vec<Schema>,
    database: Vec<Grant>,
    functions: Vec<Function>,
    #[serde(skip)]
    pub(crate) relations: Vec<Relation>,
    /// Settings that are stored for the service's role, by name.
    pub(crate) app_settings: Vec<String>,
    /// It may end other sessions of its own.
    pub(crate) app_signals: bool,
    /// Whether the connected role may act for the owner.
    pub(crate) acts_for_owner: bool,
    pub(crate) app_reaches_owner: bool,
    #[serde(skip)]
    pub(crate) expected: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Role {
    name: String,
    /// It passes row-level security by, or may make a role that does.
    pub(crate) unlimited: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Schema {
    name: String,
    pub(crate) owner: String,
    acl: Vec<Grant>,
}

/// One privilege; PUBLIC's grantee is the empty string.
#[derive(Debug, Deserialize)]
pub(crate) struct Grant {
    pub(crate) grantee: String,
    pub(crate) privilege: String,
    pub(crate) grantable: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Function {
    name: String,
    pub(crate) source: String,
    pub(crate) owner: String,
    pub(crate) language: String,
    pub(crate) returns: String,
    pub(crate) definer: bool,
    pub(crate) volatility: String,
    pub(crate) parallel: String,
    pub(crate) leakproof: bool,
    pub(crate) config: Vec<String>,
    /// Its cost is that of every function, it is not STRICT, and no support function may put something else in its place.
    pub(crate) plain: bool,
    pub(crate) acl: Vec<Grant>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Relation {
    schema: String,
    name: String,
    pub(crate) owner: String,
    pub(crate) partitioned: bool,
    pub(crate) rls: bool,
    pub(crate) forced: bool,
    pub(crate) app_reaches_owner: bool,
    /// Functions of the service's role that its triggers, indexes, constraints and defaults call.
    pub(crate) app_code: Vec<String>,
    pub(crate) acl: Vec<Grant>,
    columns: Vec<Column>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) children: Vec<Child>,
    pub(crate) sequences: Vec<Sequence>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As the server writes it, from a search path of `pg_catalog`.
    pub(crate) sql_type: String,
    /// The type is the server's own.
    pub(crate) builtin: bool,
    pub(crate) not_null: bool,
    pub(crate) has_default: bool,
    pub(crate) generated: bool,
    acl: Vec<Grant>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Index {
    pub(crate) name: String,
    /// The key columns; `None` is an expression.
    pub(crate) columns: Vec<Option<String>>,
    pub(crate) unique: bool,
    pub(crate) primary: bool,
    pub(crate) exclusion: bool,
    /// Valid, over every row, checked at once.
    complete: bool,
    pub(crate) constraint: Option<String>,
    pub(crate) method: String,
    /// What the server prints behind USING: `btree (id) WHERE ..`.
    pub(crate) definition: String,
    /// The foreign keys that lead to it: `table constraint`.
    pub(crate) referrers: Vec<String>,
    /// Its constraint is checked at the end of a transaction: whether it begins so.
    deferred: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ForeignKey {
    pub(crate) name: String,
    columns: Vec<String>,
    parent_schema: String,
    parent: String,
    parent_columns: Vec<String>,
    pub(crate) validated: bool,
    pub(crate) enforced: bool,
    pub(crate) deferrable: bool,
    pub(crate) deferred: bool,
    on_delete: String,
    on_update: String,
    /// The columns that SET NULL and SET DEFAULT name; none are all of them.
    delete_sets: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) permissive: bool,
    pub(crate) command: String,
    pub(crate) roles: Vec<String>,
    pub(crate) using: Option<String>,
    pub(crate) check: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Child {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) rls: bool,
    pub(crate) forced: bool,
    /// The service's role or everybody may name it.
    pub(crate) granted: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Sequence {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) usable: bool,
}

/// The server's form of the policies of tables with such an organization column.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) column: String,
    pub(crate) sql_type: String,
    pub(crate) storage: Storage,
    pub(crate) read: String,
    pub(crate) write: String,
}

impl Expected {
    pub(crate) fn is_for(&self, column: &Column, storage: Storage) -> bool {
        self.column == column.name && self.sql_type == column.sql_type && self.storage == storage
    }

    /// Whether a policy of one of our names is ours.
    pub(crate) fn matches(&self, policy: &Policy, app_role: &str) -> bool {
        let (read, write) = (Some(&self.read), Some(&self.write));
        let same = match policy.name.as_str() {
            POLICY => (true, "*", read, write),
            DELETE_POLICY => (false, "d", write, None),
            _ => return false,
        };
        same == (policy.permissive, policy.command.as_str(), policy.using.as_ref(), policy.check.as_ref())
            && policy.roles == [app_role]
    }
}

impl Catalog {
    pub(crate) fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }

    /// The one of that name in `tenancy` that takes no argument.
    pub(crate) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    pub(crate) fn relation(&self, (schema, name): (&str, &str)) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.schema == schema && relation.name == name)
    }

    pub(crate) fn database_privileges(&self, role: &str) -> Vec<&str> {
        privileges(&self.database, role)
    }

    pub(crate) fn expected(&self, column: &Column, storage: Storage) -> Option<&Expected> {
        self.expected.iter().find(|expected| expected.is_for(column, storage))
    }
}

impl Schema {
    pub(crate) fn privileges(&self, role: &str) -> Vec<&str> {
        privileges(&self.acl, role)
    }
}

fn privileges<'a>(acl: &'a [Grant], role: &str) -> Vec<&'a str> {
    acl.iter().filter(|grant| grant.grantee == role).map(|grant| grant.privilege.as_str()).collect()
}

impl Relation {
    /// What a role holds as the owner goes with the table when its owner changes, which is the first step.
    pub(crate) fn without_owned(&mut self, app: &str) {
        if self.owner == app {
            self.acl.retain(|grant| grant.grantee != app);
            self.columns.iter_mut().for_each(|column| column.acl.retain(|grant| grant.grantee != app));
            self.sequences.iter_mut().for_each(|sequence| sequence.usable = false);
        }
    }

    /// Which of these privileges the role holds on the whole table; all that it holds when none is named.
    pub(crate) fn held<'a>(&'a self, role: &str, of: &[&str]) -> Vec<&'a str> {
        let held = privileges(&self.acl, role);
        held.into_iter().filter(|held| of.is_empty() || of.contains(held)).collect()
    }

    pub(crate) fn grantable(&self, role: &str) -> Vec<&str> {
        let ours = self.acl.iter().filter(|grant| grant.grantee == role && grant.grantable);
        ours.map(|grant| grant.privilege.as_str()).collect()
    }

    pub(crate) fn grantees_beside(&self, known: &[&str]) -> Vec<&str> {
        let mut others: Vec<_> = self.acl.iter().map(|grant| grant.grantee.as_str()).collect();
        others.retain(|grantee| !known.contains(grantee));
        others.dedup();
        others
    }

    /// Whether an index over every row begins with the first of these columns, and then with the others in some order.
    pub(crate) fn begins_with(&self, columns: &[&str]) -> bool {
        let begins = |index: &Index| {
            let lead: Vec<_> = index.columns.iter().take(columns.len()).map(Option::as_deref).collect();
            lead.first() == Some(&columns.first().copied()) && columns.iter().all(|column| lead.contains(&Some(column)))
        };
        self.indexes.iter().any(|index| index.complete && begins(index))
    }

    /// Whether exactly these columns, in some order, are a key that a foreign key may lead to.
    pub(crate) fn has_key_of(&self, columns: &[&str]) -> bool {
        let same = |index: &Index| {
            let known: Vec<_> = index.columns.iter().map(Option::as_deref).collect();
            known.len() == columns.len() && columns.iter().all(|column| known.contains(&Some(column)))
        };
        self.indexes.iter().any(|index| index.unique && index.complete && same(index))
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// Whether exactly these columns, in this order, are a key that a foreign key may lead to.
    pub(crate) fn has_key(&self, columns: &[String]) -> bool {
        let same = |index: &Index| index.columns.iter().map(Option::as_ref).eq(columns.iter().map(Some));
        self.indexes.iter().any(|index| index.unique && index.complete && same(index))
    }

    pub(crate) fn leads_with(&self, column: &str) -> bool {
        let leads = |index: &Index| index.columns.first().is_some_and(|first| first.as_deref() == Some(column));
        self.indexes.iter().any(|index| index.complete && leads(index))
    }
}

impl Column {
    pub(crate) fn held(&self, role: &str, privilege: &str) -> bool {
        self.acl.iter().any(|grant| grant.grantee == role && grant.privilege == privilege)
    }
}

impl Index {
    /// The clause that keeps its constraint as deferrable as it is.
    pub(crate) fn deferral(&self) -> &'static str {
        match self.deferred {
            None => "",
            Some(false) => " DEFERRABLE",
            Some(true) => " DEFERRABLE INITIALLY DEFERRED",
        }
    }
}

impl ForeignKey {
    pub(crate) fn is_to(&self, parent: (&str, &str)) -> bool {
        (self.parent_schema.as_str(), self.parent.as_str()) == parent
    }

    /// Each column with the one that it holds.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        self.columns.iter().cloned().zip(self.parent_columns.iter().cloned()).collect()
    }

    /// Its actions, for the composite key that takes its place. The organization is never set to NULL.
    pub(crate) fn actions(&self) -> String {
        let sets = if self.delete_sets.is_empty() { &self.columns } else { &self.delete_sets };
        let sets = crate::quote::idents(sets.iter().map(String::as_str));
        let delete = match self.on_delete.as_str() {
            "c" => " ON DELETE CASCADE".to_owned(),
            "r" => " ON DELETE RESTRICT".to_owned(),
            "n" => format!(" ON DELETE SET NULL ({sets})"),
            "d" => format!(" ON DELETE SET DEFAULT ({sets})"),
            _ => String::new(),
        };
        // SET NULL on update knows no columns, and would take the organization with it: the key beside does it first.
        let update = match self.on_update.as_str() {
            "c" => " ON UPDATE CASCADE",
            "r" => " ON UPDATE RESTRICT",
            _ => "",
        };
        delete + update
    }

    /// When it is checked.
    pub(crate) fn deferrability(&self) -> String {
        match (self.deferrable, self.deferred) {
            (false, _) => "",
            (true, false) => " DEFERRABLE INITIALLY IMMEDIATE",
            (true, true) => " DEFERRABLE INITIALLY DEFERRED",
        }
        .to_owned()
    }
}
