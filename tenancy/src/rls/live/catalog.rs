//! What the server's catalogue says about everything that a wall is made of.

use super::probe::Expected;
use super::{LiveError, json};
use crate::rls::Options;
use crate::rls::plan::Storage;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;

/// The part of the catalogue that a plan is compared with.
#[derive(Debug, Default, Deserialize)]
pub(in crate::rls) struct Catalog {
    roles: Vec<Role>,
    schemas: Vec<Schema>,
    database: Vec<Grant>,
    functions: Vec<Function>,
    #[serde(skip)]
    relations: Vec<Relation>,
    /// Settings that are stored for the service's role, by name.
    pub(in crate::rls) app_settings: Vec<String>,
    /// It may end other sessions of its own.
    pub(in crate::rls) app_signals: bool,
    /// Whether whoever asks may act for the owner.
    pub(in crate::rls) acts_for_owner: bool,
    pub(in crate::rls) app_reaches_owner: bool,
    #[serde(skip)]
    pub(in crate::rls) expected: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Role {
    name: String,
    /// It passes row-level security by, or may make a role that does.
    pub(in crate::rls) unlimited: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Schema {
    name: String,
    pub(in crate::rls) owner: String,
    acl: Vec<Grant>,
}

/// One privilege; PUBLIC's grantee is the empty string.
#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Grant {
    pub(in crate::rls) grantee: String,
    pub(in crate::rls) privilege: String,
    pub(in crate::rls) grantable: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Function {
    name: String,
    pub(in crate::rls) source: String,
    pub(in crate::rls) owner: String,
    pub(in crate::rls) language: String,
    pub(in crate::rls) returns: String,
    pub(in crate::rls) definer: bool,
    pub(in crate::rls) volatility: String,
    pub(in crate::rls) parallel: String,
    pub(in crate::rls) leakproof: bool,
    pub(in crate::rls) config: Vec<String>,
    pub(in crate::rls) acl: Vec<Grant>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Relation {
    schema: String,
    name: String,
    pub(in crate::rls) owner: String,
    pub(in crate::rls) partitioned: bool,
    pub(in crate::rls) rls: bool,
    pub(in crate::rls) forced: bool,
    pub(in crate::rls) app_reaches_owner: bool,
    /// Functions of the service's role that its triggers, indexes, constraints and defaults call.
    pub(in crate::rls) app_code: Vec<String>,
    pub(in crate::rls) acl: Vec<Grant>,
    columns: Vec<Column>,
    pub(in crate::rls) indexes: Vec<Index>,
    pub(in crate::rls) foreign_keys: Vec<ForeignKey>,
    pub(in crate::rls) policies: Vec<Policy>,
    pub(in crate::rls) children: Vec<Child>,
    pub(in crate::rls) sequences: Vec<Sequence>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Column {
    pub(in crate::rls) name: String,
    /// As the server writes it, from a search path of `pg_catalog`.
    pub(in crate::rls) sql_type: String,
    /// The type is the server's own.
    pub(in crate::rls) builtin: bool,
    pub(in crate::rls) not_null: bool,
    pub(in crate::rls) has_default: bool,
    pub(in crate::rls) generated: bool,
    acl: Vec<Grant>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Index {
    pub(in crate::rls) name: String,
    /// The key columns; `None` is an expression.
    pub(in crate::rls) columns: Vec<Option<String>>,
    pub(in crate::rls) unique: bool,
    pub(in crate::rls) primary: bool,
    pub(in crate::rls) exclusion: bool,
    /// Valid, over every row, checked at once.
    complete: bool,
    pub(in crate::rls) constraint: Option<String>,
    pub(in crate::rls) method: String,
    /// What the server prints behind USING: `btree (id) WHERE ..`.
    pub(in crate::rls) definition: String,
    /// The foreign keys that lead to it: `table constraint`.
    pub(in crate::rls) referrers: Vec<String>,
    /// Its constraint is checked at the end of a transaction: whether it begins so.
    deferred: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct ForeignKey {
    pub(in crate::rls) name: String,
    columns: Vec<String>,
    parent_schema: String,
    parent: String,
    parent_columns: Vec<String>,
    pub(in crate::rls) validated: bool,
    pub(in crate::rls) enforced: bool,
    pub(in crate::rls) deferrable: bool,
    pub(in crate::rls) deferred: bool,
    on_delete: String,
    on_update: String,
    /// The columns that SET NULL and SET DEFAULT name; none are all of them.
    delete_sets: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Policy {
    pub(in crate::rls) name: String,
    pub(in crate::rls) permissive: bool,
    pub(in crate::rls) command: String,
    pub(in crate::rls) roles: Vec<String>,
    pub(in crate::rls) using: Option<String>,
    pub(in crate::rls) check: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Child {
    pub(in crate::rls) schema: String,
    pub(in crate::rls) name: String,
    pub(in crate::rls) rls: bool,
    pub(in crate::rls) forced: bool,
    /// The service's role or everybody may name it.
    pub(in crate::rls) granted: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::rls) struct Sequence {
    pub(in crate::rls) schema: String,
    pub(in crate::rls) name: String,
    pub(in crate::rls) usable: bool,
}

impl Catalog {
    pub(super) async fn read(
        conn: &mut AsyncPgConnection,
        options: &Options,
        schemas: &[&str],
    ) -> Result<Self, LiveError> {
        let schemas = serde_json::to_string(schemas).map_err(LiveError::Shape)?;
        let roles = [&options.app_role, &options.owner_role];
        let roles = serde_json::to_string(&roles).map_err(LiveError::Shape)?;
        let catalog: Self = json(conn, include_str!("server.sql"), &roles, &schemas).await?;
        let mut relations: Vec<Relation> =
            json(conn, include_str!("relations.sql"), &options.app_role, &schemas).await?;
        relations.iter_mut().for_each(|relation| relation.without_owned(&options.app_role));
        Ok(Self { relations, ..catalog })
    }

    pub(in crate::rls) fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    pub(in crate::rls) fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }

    /// The one of that name in `tenancy` that takes no argument.
    pub(in crate::rls) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    pub(in crate::rls) fn relation(&self, (schema, name): (&str, &str)) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.schema == schema && relation.name == name)
    }

    pub(in crate::rls) fn database_privileges(&self, role: &str) -> Vec<&str> {
        privileges(&self.database, role)
    }

    pub(in crate::rls) fn expected(&self, column: &Column, storage: Storage) -> Option<&Expected> {
        self.expected.iter().find(|expected| expected.is_for(column, storage))
    }
}

impl Schema {
    pub(in crate::rls) fn privileges(&self, role: &str) -> Vec<&str> {
        privileges(&self.acl, role)
    }
}

fn privileges<'a>(acl: &'a [Grant], role: &str) -> Vec<&'a str> {
    acl.iter().filter(|grant| grant.grantee == role).map(|grant| grant.privilege.as_str()).collect()
}

impl Relation {
    /// What a role holds as the owner goes with the table when its owner changes, which is the first step.
    fn without_owned(&mut self, app: &str) {
        if self.owner == app {
            self.acl.retain(|grant| grant.grantee != app);
            self.columns.iter_mut().for_each(|column| column.acl.retain(|grant| grant.grantee != app));
            self.sequences.iter_mut().for_each(|sequence| sequence.usable = false);
        }
    }

    /// Which of these privileges the role holds on the whole table; all that it holds when none is named.
    pub(in crate::rls) fn held<'a>(&'a self, role: &str, of: &[&str]) -> Vec<&'a str> {
        let held = privileges(&self.acl, role);
        held.into_iter().filter(|held| of.is_empty() || of.contains(held)).collect()
    }

    pub(in crate::rls) fn grantable(&self, role: &str) -> Vec<&str> {
        let ours = self.acl.iter().filter(|grant| grant.grantee == role && grant.grantable);
        ours.map(|grant| grant.privilege.as_str()).collect()
    }

    pub(in crate::rls) fn grantees_beside(&self, known: &[&str]) -> Vec<&str> {
        let mut others: Vec<_> = self.acl.iter().map(|grant| grant.grantee.as_str()).collect();
        others.retain(|grantee| !known.contains(grantee));
        others.dedup();
        others
    }

    /// Whether an index over every row begins with the first of these columns, and then with the others in some order.
    pub(in crate::rls) fn begins_with(&self, columns: &[&str]) -> bool {
        let begins = |index: &Index| {
            let lead: Vec<_> = index.columns.iter().take(columns.len()).map(Option::as_deref).collect();
            lead.first() == Some(&columns.first().copied()) && columns.iter().all(|column| lead.contains(&Some(column)))
        };
        self.indexes.iter().any(|index| index.complete && begins(index))
    }

    /// Whether exactly these columns, in some order, are a key that a foreign key may lead to.
    pub(in crate::rls) fn has_key_of(&self, columns: &[&str]) -> bool {
        let same = |index: &Index| {
            let known: Vec<_> = index.columns.iter().map(Option::as_deref).collect();
            known.len() == columns.len() && columns.iter().all(|column| known.contains(&Some(column)))
        };
        self.indexes.iter().any(|index| index.unique && index.complete && same(index))
    }

    pub(in crate::rls) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(in crate::rls) fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    /// Whether exactly these columns, in this order, are a key that a foreign key may lead to.
    pub(in crate::rls) fn has_key(&self, columns: &[String]) -> bool {
        let same = |index: &Index| index.columns.iter().map(Option::as_ref).eq(columns.iter().map(Some));
        self.indexes.iter().any(|index| index.unique && index.complete && same(index))
    }

    pub(in crate::rls) fn leads_with(&self, column: &str) -> bool {
        let leads = |index: &Index| index.columns.first().is_some_and(|first| first.as_deref() == Some(column));
        self.indexes.iter().any(|index| index.complete && leads(index))
    }
}

impl Column {
    pub(in crate::rls) fn held(&self, role: &str, privilege: &str) -> bool {
        self.acl.iter().any(|grant| grant.grantee == role && grant.privilege == privilege)
    }
}

impl Index {
    /// The clause that keeps its constraint as deferrable as it is.
    pub(in crate::rls) fn deferral(&self) -> &'static str {
        match self.deferred {
            None => "",
            Some(false) => " DEFERRABLE",
            Some(true) => " DEFERRABLE INITIALLY DEFERRED",
        }
    }
}

impl ForeignKey {
    pub(in crate::rls) fn is_to(&self, parent: (&str, &str)) -> bool {
        (self.parent_schema.as_str(), self.parent.as_str()) == parent
    }

    /// Each column with the one that it holds.
    pub(in crate::rls) fn pairs(&self) -> Vec<(String, String)> {
        self.columns.iter().cloned().zip(self.parent_columns.iter().cloned()).collect()
    }

    /// Its actions, for the composite key that takes its place. The organization is never set to NULL.
    pub(in crate::rls) fn actions(&self) -> String {
        let sets = if self.delete_sets.is_empty() { &self.columns } else { &self.delete_sets };
        let sets = crate::rls::quote::idents(sets.iter().map(String::as_str));
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
    pub(in crate::rls) fn deferrability(&self) -> String {
        match (self.deferrable, self.deferred) {
            (false, _) => "",
            (true, false) => " DEFERRABLE INITIALLY IMMEDIATE",
            (true, true) => " DEFERRABLE INITIALLY DEFERRED",
        }
        .to_owned()
    }
}
