//! What the gateway's role may do on PostgreSQL.

use tenancy_service::__private::grants_to;
use tenancy_service::RoleNameError;

/// Returns the statements that give a role on PostgreSQL what the gateway needs of its own tables, and take what it has beyond that.
/// Run them as the tables' owner; `tenancy gateway grants` does, and compares afterwards what the role may do.
///
/// The role may read and change the gateway's rows, and never a line of the audit log. It gets no right on other tables, on the schema
/// or to connect.
///
/// # Errors
/// [`RoleNameError`] when the text cannot name a role.
pub fn postgres_grants(role: &str) -> Result<String, RoleNameError> {
    grants_to(include_str!("postgres/grants.sql"), role)
}
