//! Which roles may own and create what the service's statements reach.

use super::catalog::Oid;
use super::context::Context;
use std::collections::BTreeMap;

impl Context<'_> {
    pub(super) fn superuser(&self, oid: Oid) -> bool {
        self.catalog.roles.iter().any(|role| role.oid == oid && role.superuser)
    }

    /// Who may own what the service's statements reach, and create beside it.
    pub(super) fn accepted(&self, oid: Oid) -> bool {
        let database = self.catalog.database.owner;
        let virtually = self.catalog.role_name(oid) == "pg_database_owner" && oid != database;
        self.superuser(oid)
            || self.trusted(oid)
            || self.known_login(oid)
            || oid == database
            || (virtually && self.accepted(database))
            || self.main_owner() == Some(oid)
    }

    /// The role that owns most organization tables. Logins that can take it are C14's.
    fn main_owner(&self) -> Option<Oid> {
        let mut owned: BTreeMap<Oid, usize> = BTreeMap::new();
        self.tenants().for_each(|(_, table)| *owned.entry(table.owner).or_default() += 1);
        let all = self.tenants().count();
        owned.into_iter().find(|(_, count)| count * 2 > all).map(|(owner, _)| owner)
    }

    /// A login can act as this role.
    pub(super) fn taken_by_a_login(&self, oid: Oid) -> bool {
        let logins = self.catalog.roles.iter().filter(|role| role.login && !role.superuser);
        logins.into_iter().any(|login| self.reached_from(login.oid).contains(&oid))
    }

    /// Neither accepted nor declared, nor one of the server's own roles, nor the service's.
    pub(super) fn stranger(&self, oid: Oid) -> bool {
        let name = self.catalog.role_name(oid);
        !(self.hands.contains(&oid) || self.accepted(oid) || self.declared_role(oid) || name.starts_with("pg_"))
    }

    /// A declared table of any kind, or a partition or child of an organization table.
    pub(super) fn is_declared(&self, oid: Oid) -> bool {
        let relation = self.catalog.relation(oid);
        self.holds_tenants(oid) || relation.is_some_and(|relation| self.declared(relation).is_some())
    }
}
