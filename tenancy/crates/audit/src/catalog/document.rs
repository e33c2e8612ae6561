//! The catalog's document, record by record, with the questions that need nothing else.

use super::reach::Reach;
use super::record::{Oid, none_is_empty, records};
use serde::Deserialize;
use std::collections::BTreeMap;

records! {
    /// The whole of it; `catalog.sql` has the same names.
    Catalog {
        server: Server,
        database: Database,
        roles: Vec<Role>,
        memberships: Vec<Membership>,
        schemas: Vec<Schema>,
        relations: Vec<Relation>,
        columns: Vec<Column>,
        policies: Vec<Policy>,
        functions: Vec<Function>,
        default_grants: Vec<DefaultGrant>,
        role_settings: Vec<RoleSetting>,
        view_reads: Vec<ViewRead>,
        rules: Vec<RewriteRule>,
        triggers: Vec<Trigger>,
        switched_off: Vec<SwitchedOff>,
        publications: Vec<Publication>,
        subscribed: Vec<Oid>,
        subscriptions: Vec<String>,
        extensions: Vec<String>,
        untrusted_languages: Vec<String>,
        foreign_servers: Vec<String>,
        event_triggers: Vec<EventTrigger>,
        indexes: Vec<Index>,
        constraints: Vec<Constraint>,
        expression_calls: Vec<ExpressionCall>,
        children: Vec<Child>,
        partition_keys: Vec<PartitionKey>,
        sequences: Vec<Sequence>,
        owned: Vec<Owned>,
        parameters: Vec<Parameter>,
        server_grants: Vec<ServerGrant>,
        planted: Vec<String>,
        made_leakproof: Vec<String>,
        slots: Vec<Slot>,
        large_objects: Vec<LargeObjects>,
        citus: Option<Vec<Distribution>>,
        reach: Reach,
    }
    Server { version: u32, banner: String, database: String, user: String, settings: BTreeMap<String, Option<String>>, }
    Database { owner: Oid, acl: Vec<Grant>, }
    Grant { grantee: Oid, privilege: String, grantable: bool, }
    Role {
        oid: Oid, name: String, login: bool, superuser: bool, bypassrls: bool, createrole: bool, createdb: bool,
        replication: bool,
    }
    Membership { member: Oid, role: Oid, admin: bool, usable: bool, }
    Schema { name: String, owner: Oid, acl: Vec<Grant>, }
    /// A table, view, sequence: whatever has rows.
    Relation {
        oid: Oid, schema: String, name: String, kind: String, owner: Oid, rls: bool, force: bool, options: Vec<String>,
        extension: bool, shows_secrets: bool, acl: Vec<Grant>,
    }
    Column {
        table: Oid, name: String, r#type: String, base: Option<String>, not_null: bool, generated: bool, identity: bool,
        default: Option<String>, deterministic: bool, acl: Vec<Grant>,
    }
    Policy {
        table: Oid, name: String, permissive: bool, command: String, roles: Vec<Oid>, using: Option<String>,
        check: Option<String>, functions: Vec<Oid>, relations: Vec<Oid>,
    }
    Function {
        oid: Oid, schema: String, name: String, arguments: String, owner: Oid, language: String, volatility: String,
        parallel: String, definer: bool, leakproof: bool, config: Vec<String>, plain: bool, parsed_body: bool, source: String,
        result: String, extension: bool, runs: Vec<Oid>, acl: Vec<Grant>,
    }
    DefaultGrant { role: Oid, schema: Option<String>, kind: String, grantee: Oid, privilege: String, }
    RoleSetting { role: Oid, database: Option<String>, name: String, value: String, }
    ViewRead { view: Oid, reads: Oid, }
    RewriteRule { table: Oid, name: String, uses: Vec<Oid>, }
    Trigger { table: Oid, name: String, function: Oid, arguments: String, before_row: bool, }
    /// A constraint whose triggers do not fire.
    SwitchedOff { table: Oid, name: String, }
    Publication { name: String, all_tables: bool, unfiltered: Vec<Oid>, filters: Vec<RowFilter>, schemas: Vec<String>, }
    RowFilter { table: Oid, filter: String, }
    EventTrigger { name: String, owner: Oid, function: Oid, extension: bool, }
    Index {
        table: Oid, name: String, unique: bool, primary: bool, exclusion: bool, valid: bool, partial: bool,
        method: String, columns: Vec<Option<String>>, operators: Vec<String>, leaky: bool,
    }
    Constraint {
        table: Oid, name: String, kind: String, validated: bool, enforced: bool, inherited: bool, columns: Vec<String>,
        references: Option<Oid>, referenced: Vec<String>, on_delete: String, on_update: String,
        delete_sets: Vec<String>,
    }
    ExpressionCall { table: Oid, object: String, function: Oid, }
    Child { parent: Oid, child: Oid, }
    PartitionKey { table: Oid, columns: Vec<String>, }
    Sequence { sequence: Oid, column: Option<String>, used_by: Vec<Oid>, }
    /// Neither a relation nor a function nor a schema.
    Owned { owner: Oid, object: String, }
    /// A setting of the server that a role may set or keep.
    Parameter { name: String, acl: Vec<Grant>, }
    /// On one of the server's own objects.
    ServerGrant { object: String, grantee: Oid, privilege: String, }
    /// A logical replication slot.
    Slot { name: String, plugin: String, }
    /// Those of one owner with one set of grants.
    LargeObjects { owner: Oid, acl: Vec<Grant>, }
    Distribution { table: Oid, column: Option<String>, colocation: i64, }
}

impl Catalog {
    pub(crate) fn relation(&self, oid: Oid) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.oid == oid)
    }

    pub(crate) fn named(&self, schema: &str, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.schema == schema && relation.name == name)
    }

    pub(crate) fn column(&self, table: Oid, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.table == table && column.name == name)
    }

    pub(crate) fn columns_of(&self, table: Oid) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.table == table)
    }

    pub(crate) fn function(&self, oid: Oid) -> Option<&Function> {
        self.functions.iter().find(|function| function.oid == oid)
    }

    pub(crate) fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// For people.
    pub(crate) fn role_name(&self, oid: Oid) -> &str {
        let role = self.roles.iter().find(|role| role.oid == oid);
        if oid == 0 { "PUBLIC" } else { role.map_or("a role that is gone", |role| &role.name) }
    }

    /// For people.
    pub(crate) fn name_of(&self, oid: Oid) -> String {
        self.relation(oid).map_or_else(|| format!("relation {oid}"), Relation::full_name)
    }

    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.server.settings.get(name).and_then(Option::as_deref)
    }
}

impl Relation {
    pub(crate) fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Holds rows itself.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.kind.as_str(), "r" | "p" | "f")
    }
}

impl Publication {
    /// With or without a filter.
    pub(crate) fn holds(&self, table: &Relation) -> bool {
        let filtered = self.filters.iter().any(|filter| filter.table == table.oid);
        filtered || self.unfiltered.contains(&table.oid) || self.schemas.contains(&table.schema)
    }
}

impl Function {
    pub(crate) fn full_name(&self) -> String {
        format!("{}.{}({})", self.schema, self.name, self.arguments)
    }

    /// A role that may create objects in a schema cannot change what the names in the body mean.
    pub(crate) fn has_fixed_path(&self) -> bool {
        self.parsed_body || self.search_path().is_some_and(|path| !path.contains("$user"))
    }

    pub(crate) fn search_path(&self) -> Option<&str> {
        self.config.iter().find_map(|setting| setting.strip_prefix("search_path="))
    }
}
