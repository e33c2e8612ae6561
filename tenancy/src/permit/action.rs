//! What can be asked for: the actions that `permissions!` generates from the model.

use super::object_id::ObjectId;
use crate::identity::OrgId;

/// A permission of the model, on one object. [`permissions!`](crate::permissions!) writes the implementations.
///
/// An action of your own, with a weaker permission, gives permits of its own type; no statement that asks for another action
/// takes them (`ui-tests/tests/fail/j_permits/`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action of your permission model",
    label = "no permit exists for this",
    note = "declare the permission in the model; `tenancy::permissions!` then writes the action, such as `invoice::Void`",
    note = "TEN0026: run `tenancy explain TEN0026`"
)]
pub trait Action: Send + Sync + 'static {
    /// At which level the object lies: [`OrganizationLevel`], [`TenantLevel`] or [`PlatformLevel`].
    type Level: Level;
    /// What the action is about: [`Row`], or [`TheOrganization`] itself.
    type Object: ActionObject;
    /// The object's type in the model.
    const OBJECT_TYPE: &'static str;
    /// The permission's name in the model.
    const PERMISSION: &'static str;

    /// Returns the object.
    fn object(&self) -> Self::Object;
}

/// An action that a text can name the object of: the id in a request's path. [`permissions!`](crate::permissions!) writes the
/// implementations for actions that an organization's scope asks for.
pub trait NamedAction: Action<Level: AskedInOrganization> + Sized {
    /// Whether the action is about a row. One on the organization itself needs no id.
    const HAS_ID: bool;

    /// Returns the action on the object with this id. `None` for a text that is not a key: no row has it.
    fn with_id(id: &str) -> Option<Self>;
}

/// A level of the model: the platform, a tenant, or an organization with what lies below it. Sealed.
pub trait Level: sealed::Level {}

/// An organization, and the objects below it.
#[derive(Debug, Clone, Copy)]
pub enum OrganizationLevel {}

/// A tenant, which owns organizations.
#[derive(Debug, Clone, Copy)]
pub enum TenantLevel {}

/// The operator of the service.
#[derive(Debug, Clone, Copy)]
pub enum PlatformLevel {}

impl Level for OrganizationLevel {}
impl Level for TenantLevel {}
impl Level for PlatformLevel {}

/// Whether an organization's scope asks for actions of a level. It asks for those of [`OrganizationLevel`].
#[diagnostic::on_unimplemented(
    message = "an organization's scope does not ask for an action of the `{Self}`",
    label = "the action is about a tenant or the platform, and this scope is an organization's",
    note = "an action on the organization or on an object below it is of the `OrganizationLevel`",
    note = "TEN0026: run `tenancy explain TEN0026`"
)]
pub trait AskedInOrganization: Level {}
impl AskedInOrganization for OrganizationLevel {}

/// What an action is about. Sealed.
pub trait ActionObject: sealed::Object + Send {}

/// One row, by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<Id>(pub Id);

/// The organization of the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TheOrganization;

impl<Id: ObjectId + Send> ActionObject for Row<Id> {}
impl ActionObject for TheOrganization {}

pub(crate) mod sealed {
    use super::{ObjectId, OrgId, OrganizationLevel, PlatformLevel, Row, TenantLevel, TheOrganization};

    pub trait Level {}
    impl Level for OrganizationLevel {}
    impl Level for TenantLevel {}
    impl Level for PlatformLevel {}

    pub trait Object {
        /// Whether the object lies below the scope's organization.
        const BELOW: bool;
        fn id(&self, organization: OrgId) -> String;
    }

    impl<Id: ObjectId> Object for Row<Id> {
        const BELOW: bool = true;

        fn id(&self, _organization: OrgId) -> String {
            self.0.object_id()
        }
    }

    impl Object for TheOrganization {
        const BELOW: bool = false;

        fn id(&self, organization: OrgId) -> String {
            organization.as_uuid().to_string()
        }
    }
}
