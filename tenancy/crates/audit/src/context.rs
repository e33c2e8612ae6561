//! What the rules look at, with the questions that several of them ask.

use super::catalog::{Catalog, Column, Function, Grant, Oid, Policy, Relation};
use super::options::Options;
use std::collections::{BTreeMap, BTreeSet};
use tenancy::schema::{DeclaredTable, Manifest, TableKind};
use tenancy_rls::__private as rls;

pub(super) const PUBLIC: Oid = 0;

/// The schema of the verifier and the keys.
pub(super) const WALL_SCHEMA: &str = "tenancy";

pub(super) struct Context<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) catalog: &'a Catalog,
    pub(super) options: &'a Options,
    /// The roles whose rights the service's role has or can take, itself among them.
    pub(super) reach: BTreeSet<Oid>,
    /// The same, with PUBLIC.
    pub(super) hands: BTreeSet<Oid>,
    /// Declared organization tables that exist, by number.
    tenant: BTreeMap<Oid, &'a DeclaredTable>,
    /// Their partitions and children, each with the table that it hangs below.
    below: BTreeMap<Oid, Oid>,
}

impl<'a> Context<'a> {
    pub(super) fn new(manifest: &'a Manifest, catalog: &'a Catalog, options: &'a Options) -> Self {
        let mut context = Self {
            manifest,
            catalog,
            options,
            reach: BTreeSet::new(),
            hands: BTreeSet::new(),
            tenant: BTreeMap::new(),
            below: BTreeMap::new(),
        };
        if let Some(app) = catalog.role(&options.wall.app_role) {
            context.reach = context.reached_from(app.oid);
        }
        context.hands.extend(context.reach.iter().copied().chain([PUBLIC]));
        for table in manifest.tenant_tables() {
            if let Some(relation) = context.find(table).filter(|relation| matches!(relation.kind.as_str(), "r" | "p")) {
                context.tenant.insert(relation.oid, table);
            }
        }
        context.below = context.descendants();
        context
    }

    pub(super) fn reached_from(&self, role: Oid) -> BTreeSet<Oid> {
        let mut reach = BTreeSet::from([role]);
        let mut open = vec![role];
        while let Some(role) = open.pop() {
            for membership in self.catalog.memberships.iter().filter(|m| m.member == role && (m.usable || m.admin)) {
                if reach.insert(membership.role) {
                    open.push(membership.role);
                }
            }
        }
        reach
    }

    fn descendants(&self) -> BTreeMap<Oid, Oid> {
        let mut found = BTreeMap::new();
        let mut open: Vec<(Oid, Oid)> = self.tenant.keys().map(|&oid| (oid, oid)).collect();
        while let Some((parent, root)) = open.pop() {
            for child in self.catalog.children.iter().filter(|child| child.parent == parent) {
                if found.insert(child.child, root).is_none() {
                    open.push((child.child, root));
                }
            }
        }
        found
    }

    pub(super) fn place<'t>(&'t self, table: &'t DeclaredTable) -> (&'t str, &'t str) {
        (table.schema.as_deref().unwrap_or(&self.options.wall.default_schema), &table.name)
    }

    pub(super) fn label(&self, table: &DeclaredTable) -> String {
        let (schema, name) = self.place(table);
        format!("{schema}.{name}")
    }

    pub(super) fn find(&self, table: &DeclaredTable) -> Option<&'a Relation> {
        let (schema, name) = self.place(table);
        self.catalog.named(schema, name)
    }

    /// The declaration of a relation, whatever its kind.
    pub(super) fn declared(&self, relation: &Relation) -> Option<&'a DeclaredTable> {
        let manifest: &'a Manifest = self.manifest;
        manifest.tables.iter().find(|table| self.place(table) == (&relation.schema, &relation.name))
    }

    /// Organization tables that exist.
    pub(super) fn tenants(&self) -> impl Iterator<Item = (&'a DeclaredTable, &'a Relation)> {
        self.tenant.iter().filter_map(|(&oid, &table)| Some((table, self.catalog.relation(oid)?)))
    }

    /// Organization tables that exist and have their organization column, with its name.
    pub(super) fn organizations(&self) -> impl Iterator<Item = (&'a str, &'a Relation, &'a Column)> {
        self.tenants().filter_map(|(table, relation)| {
            let name = table.organization.as_deref()?;
            Some((name, relation, self.catalog.column(relation.oid, name)?))
        })
    }

    /// The organization column of an organization table.
    pub(super) fn organization(&self, oid: Oid) -> Option<&'a str> {
        self.tenant.get(&oid)?.organization.as_deref()
    }

    /// The organization column of an organization table, or of the one that a partition or child hangs below.
    pub(super) fn root_organization(&self, oid: Oid) -> Option<&'a str> {
        self.organization(oid).or_else(|| self.organization(*self.below.get(&oid)?))
    }

    /// Partitions and children of organization tables, with their root.
    pub(super) fn children(&self) -> impl Iterator<Item = (&'a Relation, Oid)> {
        self.below.iter().filter_map(|(&child, &root)| Some((self.catalog.relation(child)?, root)))
    }

    /// Holds tenants' rows: an organization table, or a partition or child of one.
    pub(super) fn holds_tenants(&self, oid: Oid) -> bool {
        self.tenant.contains_key(&oid) || self.below.contains_key(&oid)
    }

    pub(super) fn is_child(&self, oid: Oid) -> bool {
        self.below.contains_key(&oid)
    }

    /// Names under which declared tables keep their organization.
    pub(super) fn organization_names(&self) -> BTreeSet<&'a str> {
        let manifest: &'a Manifest = self.manifest;
        manifest.tenant_tables().filter_map(|table| table.organization.as_deref()).collect()
    }

    /// What a relation grants to any of these roles, its columns included.
    pub(super) fn grants_to(&self, relation: &Relation, roles: &BTreeSet<Oid>) -> Vec<String> {
        let whole = relation.acl.iter().map(|grant| (grant, None));
        let columns = self.catalog.columns_of(relation.oid);
        let single = columns.flat_map(|column| column.acl.iter().map(move |grant| (grant, Some(&column.name))));
        let held = whole.chain(single).filter(|(grant, _)| roles.contains(&grant.grantee));
        let mut held: Vec<String> = held
            .map(|(grant, column)| match column {
                Some(column) => format!("{} ({column})", grant.privilege),
                None => grant.privilege.clone(),
            })
            .collect();
        held.sort_unstable();
        held.dedup();
        held
    }

    /// Every grant of a relation and its columns.
    pub(super) fn grants<'r>(&self, relation: &'r Relation) -> impl Iterator<Item = &'r Grant>
    where
        'a: 'r,
    {
        let columns = self.catalog.columns_of(relation.oid);
        relation.acl.iter().chain(columns.flat_map(|column| &column.acl))
    }

    /// Whether the service's role holds a privilege on a relation, or on a column of it.
    pub(super) fn app_holds(&self, relation: &Relation, privilege: &str) -> bool {
        self.grants(relation).any(|grant| grant.privilege == privilege && self.hands.contains(&grant.grantee))
    }

    pub(super) fn policies(&self, table: Oid) -> impl Iterator<Item = &'a Policy> {
        self.catalog.policies.iter().filter(move |policy| policy.table == table)
    }

    /// Whether a policy concerns the service's role.
    pub(super) fn applies(&self, policy: &Policy) -> bool {
        policy.roles.iter().any(|role| self.hands.contains(role))
    }

    /// User functions that policies of organization tables call, each once.
    pub(super) fn policy_functions(&self) -> Vec<&'a Function> {
        let policies = self.catalog.policies.iter().filter(|policy| self.holds_tenants(policy.table));
        let oids: BTreeSet<Oid> = policies.flat_map(|policy| policy.functions.iter().copied()).collect();
        oids.into_iter().filter_map(|oid| self.catalog.function(oid)).collect()
    }

    /// A function that `rls apply` made.
    pub(super) fn is_verifier(&self, function: &Function) -> bool {
        function.schema == WALL_SCHEMA
            && rls::Verifier::ALL.iter().any(|of| of.name() == function.name)
            && function.arguments.is_empty()
    }

    /// The function that compares epochs, as `rls apply` made it.
    pub(super) fn is_standing(&self, function: &Function) -> bool {
        let body = self.options.wall.directory.as_deref().map(rls::standing_body);
        function.schema == WALL_SCHEMA && function.name == "standing" && Some(&function.source) == body.as_ref()
    }

    /// Roles that may hold what others may not: the wall's owner, and who administrates.
    pub(super) fn trusted(&self, oid: Oid) -> bool {
        self.catalog.role_name(oid) == self.options.wall.owner_role || self.administrates(oid)
    }

    /// Named to the audit with `--administrator`.
    pub(super) fn administrates(&self, oid: Oid) -> bool {
        let name = self.catalog.role_name(oid);
        self.options.administrators.iter().any(|known| known == name)
    }

    /// The service's role, and those that are named to the audit. The owner of the wall needs no row of a tenant.
    pub(super) fn declared_role(&self, oid: Oid) -> bool {
        let name = self.catalog.role_name(oid);
        self.administrates(oid)
            || name == self.options.wall.app_role
            || self.options.readers.iter().any(|known| known == name)
    }

    /// Whether the audit's own role is a superuser.
    pub(super) fn looks_as_superuser(&self) -> bool {
        self.catalog.role(&self.catalog.server.user).is_some_and(|role| role.superuser)
    }

    /// Schemas of declared tables.
    pub(super) fn schemas(&self) -> BTreeSet<&str> {
        self.manifest.tables.iter().map(|table| self.place(table).0).collect()
    }

    /// The login that `initdb` made, and the one that runs the audit: they are known to exist.
    pub(super) fn known_login(&self, oid: Oid) -> bool {
        // The number of the first.
        oid == 10 || self.catalog.role_name(oid) == self.catalog.server.user
    }

    /// The owner of the database that owns organization tables as well, or acts for the wall's owner: who migrates.
    pub(super) fn owns_and_builds(&self, oid: Oid) -> bool {
        let owner = self.catalog.role(&self.options.wall.owner_role).map(|owner| owner.oid);
        let owns = self.tenants().any(|(_, table)| table.owner == oid);
        oid == self.catalog.database.owner && (owns || owner.is_some_and(|o| self.reached_from(oid).contains(&o)))
    }

    /// Who may make and own what the declaration names.
    pub(super) fn builds(&self, oid: Oid) -> bool {
        let owns = self.tenants().any(|(_, table)| table.owner == oid);
        owns || self.known_login(oid) || self.trusted(oid) || self.owns_and_builds(oid)
    }

    /// A relation of the wall's own.
    pub(super) fn is_wall(&self, oid: Oid) -> bool {
        self.catalog.relation(oid).is_some_and(|relation| relation.schema == WALL_SCHEMA)
    }

    pub(super) fn app_executes(&self, function: &Function) -> bool {
        function.acl.iter().any(|grant| grant.privilege == "EXECUTE" && self.hands.contains(&grant.grantee))
    }

    /// Every relation that a view shows, through other views too.
    pub(super) fn shows(&self, view: Oid) -> BTreeSet<Oid> {
        let mut shown = BTreeSet::new();
        let mut open = vec![view];
        while let Some(view) = open.pop() {
            for read in self.catalog.view_reads.iter().filter(|read| read.view == view) {
                if shown.insert(read.reads) {
                    open.push(read.reads);
                }
            }
        }
        shown
    }

    pub(super) fn kind_of(&self, relation: &Relation) -> Option<TableKind> {
        self.declared(relation).map(|table| table.kind)
    }
}
