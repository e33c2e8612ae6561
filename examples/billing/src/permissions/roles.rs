//! Who has which role in an organization.

use super::Permissions;
use crate::demo;
use std::collections::BTreeMap;
use std::str::FromStr;
use tenancy::permit::subject_id;
use tenancy::scope::Subject;
use tenancy::{OrgId, OrgScope, ScopeError};
use tenancy_permits::sql::{Change, EngineError, Filter, SqlEngine, WriteError};
use tenancy_permits::{InvalidIdError, ObjectRef, Relationship, SubjectRef};

/// How many relationships of an organization's roles are read at once. A longer list is an error, and nothing of it is shown.
const MOST: usize = 3_000;

/// A role in an organization: a relation of `permissions.zed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Owner,
    Accountant,
    Viewer,
}

impl Role {
    pub(crate) const ALL: [Role; 3] = [Role::Owner, Role::Accountant, Role::Viewer];

    /// The relation's name, which is what pages and forms call the role too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Accountant => "accountant",
            Role::Viewer => "viewer",
        }
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Role::ALL.into_iter().find(|role| role.name() == text).ok_or(())
    }
}

/// A person with at least one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The person's id in relationships.
    pub(crate) id: String,
    pub(crate) roles: Vec<Role>,
}

/// Why roles are not read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoleError {
    #[error("privileged actions are switched off: name the database of roles with --permissions-database")]
    SwitchedOff,
    #[error("there is no such organization")]
    NoOrganization,
    #[error("the platform's staff changes no roles of an organization")]
    Staff,
    #[error(transparent)]
    Scope(#[from] ScopeError),
    #[error("a relationship has no such id")]
    Id(#[from] InvalidIdError),
    #[error(transparent)]
    Read(#[from] EngineError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The organization in relationships. Its id is the scope's: no part of a request names it.
fn organization(org: OrgId) -> Result<ObjectRef, InvalidIdError> {
    ObjectRef::new("organization", org.as_uuid().to_string())
}

fn relationship(org: OrgId, role: Role, person: &str) -> Result<Relationship, InvalidIdError> {
    Ok(Relationship {
        resource: organization(org)?,
        relation: role.name().to_owned(),
        subject: SubjectRef::Object(ObjectRef::new("user", person)?),
        expires_at: None,
    })
}

/// The people of an organization who have a role, by their ids.
async fn holders(engine: &SqlEngine, org: OrgId) -> Result<Vec<Holder>, RoleError> {
    let stored = engine.read(Some(*org.as_uuid()), &Filter::Object(organization(org)?), MOST).await?;
    let mut people: BTreeMap<String, Vec<Role>> = BTreeMap::new();
    for relationship in stored.into_iter().map(|one| one.relationship) {
        if let (SubjectRef::Object(person), Ok(role)) = (&relationship.subject, relationship.relation.parse()) {
            people.entry(person.id().to_owned()).or_default().push(role);
        }
    }
    let sorted = |(id, mut roles): (String, Vec<Role>)| {
        roles.sort_unstable();
        Holder { id, roles }
    };
    Ok(people.into_iter().map(sorted).collect())
}

impl Permissions {
    fn engine(&self) -> Result<&SqlEngine, RoleError> {
        self.engine.as_ref().ok_or(RoleError::SwitchedOff)
    }

    /// The people of the scope's organization who have a role.
    pub(crate) async fn holders(&self, scope: &OrgScope) -> Result<Vec<Holder>, RoleError> {
        holders(self.engine()?, scope.org_id()).await
    }

    /// Gives a person a role, on behalf of the scope's person, who must be allowed to and have as much.
    pub(crate) async fn grant(&self, scope: &OrgScope, role: Role, person: &str) -> Result<(), RoleError> {
        let relationship = relationship(scope.org_id(), role, person)?;
        self.write(
            scope,
            Change::touch(Some(*scope.org_id().as_uuid()), relationship),
            "granted on the page of members",
        )
        .await
    }

    /// Takes a role from a person, on behalf of the scope's person. It is no error when the person did not have it.
    pub(crate) async fn revoke(&self, scope: &OrgScope, role: Role, person: &str) -> Result<(), RoleError> {
        let relationship = relationship(scope.org_id(), role, person)?;
        self.write(
            scope,
            Change::delete(Some(*scope.org_id().as_uuid()), relationship),
            "revoked on the page of members",
        )
        .await
    }

    async fn write(&self, scope: &OrgScope, change: Change, reason: &str) -> Result<(), RoleError> {
        // A statement compares both by itself. A write of relationships does not.
        scope.check()?;
        if scope.actor().is_some() {
            return Err(RoleError::Staff);
        }
        let actor = ObjectRef::new("user", subject_id(scope.subject()))?;
        let _ = self.engine()?.write_as(&actor, &[change], reason).await?;
        Ok(())
    }

    /// Makes a person an owner of an organization of the demonstration, by its slug. The operator says so, and no person of the
    /// organization.
    pub(crate) async fn make_owner(&self, issuer: &str, subject: &str, slug: &str) -> Result<(), RoleError> {
        let organization = demo::ORGANIZATIONS.iter().find(|one| one.slug == slug).ok_or(RoleError::NoOrganization)?;
        let person = subject_id(&Subject { issuer: issuer.to_owned(), subject: subject.to_owned() });
        let relationship = relationship(organization.id(), Role::Owner, &person)?;
        let change = Change::touch(Some(*organization.id().as_uuid()), relationship);
        let _ = self.engine()?.write(&[change], "billing at its start", "named by --add-owner").await?;
        Ok(())
    }

    /// Gives the people of the development provider their roles, once for each provider: a role that was revoked since stays so.
    pub(crate) async fn of_the_demonstration(&self, issuer: &str) -> Result<(), RoleError> {
        let Ok(engine) = self.engine() else { return Ok(()) };
        for organization in &demo::ORGANIZATIONS {
            let org = organization.id();
            let roles = demo::PEOPLE.iter().flat_map(|person| person.organizations.iter().map(move |of| (person, of)));
            let here = roles.filter(|(_, (slug, _))| *slug == organization.slug).map(|(person, (_, role))| {
                let subject = Subject { issuer: issuer.to_owned(), subject: person.subject.to_owned() };
                (subject_id(&subject), *role)
            });
            let here: Vec<_> = here.collect();
            let known = holders(engine, org).await?;
            if known.iter().any(|holder| here.iter().any(|(id, _)| *id == holder.id)) {
                continue;
            }
            let changes =
                here.iter().map(|(id, role)| Ok(Change::touch(Some(*org.as_uuid()), relationship(org, *role, id)?)));
            let changes: Vec<_> = changes.collect::<Result<_, InvalidIdError>>()?;
            let _ = engine.write(&changes, "billing at its start", "the people of the demonstration").await?;
        }
        Ok(())
    }
}
