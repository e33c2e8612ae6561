//! The ids that objects have in SpiceDB.
//!
//! In the database, ids are each organization's own; SpiceDB knows no organizations. So the id of an object below an
//! organization begins with the organization there: `invoice:1` of an organization is `invoice:<organization>/1`. An
//! organization is itself to itself; another organization that it names is `<organization>/<other>`, an object of which
//! nothing is stored, as nothing of the other organization counts in it. What is above organizations keeps its id.

use crate::spicedb::error::SpiceDbBuildError;
use crate::sql::Levels;
use crate::sql::outbox::Key;
use crate::{ObjectRef, Relationship, SubjectRef};
use std::collections::HashMap;
use tenancy_permission_model::{Definition, Model};
use uuid::Uuid;

/// How the ids of a type are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Above organizations, or without relationships of its own: one object for all organizations.
    Shared,
    Organization,
    Within,
}

/// How ids are written, by type.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    places: HashMap<String, Place>,
}

impl Ids {
    /// # Errors
    /// When a type is neither above organizations nor within them, or a relation above leads into an organization.
    pub(super) fn of(model: &Model, levels: &Levels) -> Result<Self, SpiceDbBuildError> {
        let mut places = HashMap::new();
        for definition in &model.definitions {
            places.insert(definition.name.clone(), place(definition, levels)?);
        }
        let ids = Self { places };
        for definition in model.definitions.iter().filter(|definition| levels.above.contains(&definition.name)) {
            ids.stays_above(definition)?;
        }
        Ok(ids)
    }

    /// The same object of SpiceDB would stand for another one in each organization.
    fn stays_above(&self, definition: &Definition) -> Result<(), SpiceDbBuildError> {
        for relation in &definition.relations {
            for subject in &relation.subjects {
                if self.places.get(&subject.definition) != Some(&Place::Shared) {
                    return Err(SpiceDbBuildError::LeadsIntoOrganizations {
                        relation: format!("{}#{}", definition.name, relation.name),
                        subject: subject.definition.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The object in SpiceDB, as the organization sees it. `None`: it has no place there.
    pub(super) fn object(&self, organization: Option<Uuid>, object: &ObjectRef) -> Option<ObjectRef> {
        let id = match (self.places.get(object.kind())?, organization) {
            (Place::Shared, _) => return Some(object.clone()),
            (Place::Organization, Some(own)) if own.to_string() == object.id() => return Some(object.clone()),
            (Place::Organization | Place::Within, Some(own)) => format!("{own}/{}", object.id()),
            (Place::Organization | Place::Within, None) => return None,
        };
        // Longer than an id may be, with the organization before it.
        ObjectRef::new(object.kind(), id).ok()
    }

    /// The inverse of [`object`](Self::object), for objects that have relationships. `None`: `object` wrote no such id.
    fn stored_object(&self, object: &ObjectRef) -> Option<(Option<Uuid>, ObjectRef)> {
        let (kind, id) = (object.kind(), object.id());
        let place = *self.places.get(kind)?;
        if place == Place::Shared {
            return Some((None, object.clone()));
        }
        let own = organization_of(id.get(..36)?)?;
        match (place, id.len()) {
            (Place::Organization, 36) => Some((Some(own), object.clone())),
            _ => Some((Some(own), ObjectRef::new(kind, id.get(36..)?.strip_prefix('/')?).ok()?)),
        }
    }

    /// The relationship in SpiceDB. `None`: it has no place there.
    pub(super) fn relationship(&self, key: &Key, expires_at: Option<std::time::SystemTime>) -> Option<Relationship> {
        let resource = self.object(key.organization, &key.resource)?;
        let subject = match &key.subject {
            SubjectRef::Object(object) => SubjectRef::Object(self.object(key.organization, object)?),
            SubjectRef::Userset(object, relation) => {
                SubjectRef::Userset(self.object(key.organization, object)?, relation.clone())
            }
            SubjectRef::Wildcard(kind) => SubjectRef::Wildcard(kind.clone()),
        };
        Some(Relationship { resource, relation: key.relation.clone(), subject, expires_at })
    }

    /// The inverse of [`relationship`](Self::relationship). `None`: it did not write this one.
    pub(super) fn key(&self, relationship: &Relationship) -> Option<Key> {
        let (organization, resource) = self.stored_object(&relationship.resource)?;
        let plain = |object: &ObjectRef| match self.stored_object(object)? {
            (None, object) => Some(object),
            (Some(own), object) if Some(own) == organization => Some(object),
            (Some(_), _) => None,
        };
        let subject = match &relationship.subject {
            SubjectRef::Object(object) => SubjectRef::Object(plain(object)?),
            SubjectRef::Userset(object, relation) => SubjectRef::Userset(plain(object)?, relation.clone()),
            SubjectRef::Wildcard(kind) => SubjectRef::Wildcard(kind.clone()),
        };
        let key = Key { organization, resource, relation: relationship.relation.clone(), subject };
        // An id that is written in another way than ours decodes too: `<organization>/<organization>`.
        let again = self.relationship(&key, relationship.expires_at)?;
        (again == *relationship).then_some(key)
    }

    /// Whether relationships about the type's objects count for every organization.
    pub(super) fn is_shared(&self, kind: &str) -> bool {
        self.places.get(kind) == Some(&Place::Shared)
    }

    /// The id that an organization's object has in the database; `None` for one of another organization.
    pub(super) fn own_id<'a>(&self, organization: Uuid, kind: &str, id: &'a str) -> Option<&'a str> {
        match self.places.get(kind)? {
            Place::Shared => Some(id),
            Place::Organization if id == organization.to_string() => Some(id),
            Place::Organization | Place::Within => {
                let (own, rest) = (id.get(..36)?, id.get(36..)?);
                if organization_of(own)? == organization { rest.strip_prefix('/') } else { None }
            }
        }
    }
}

/// An organization's id as `Uuid` writes it, and in no other spelling.
fn organization_of(text: &str) -> Option<Uuid> {
    let own: Uuid = text.parse().ok()?;
    (own.to_string() == text).then_some(own)
}

fn place(definition: &Definition, levels: &Levels) -> Result<Place, SpiceDbBuildError> {
    let name = &definition.name;
    if levels.organization.as_ref() == Some(name) {
        Ok(Place::Organization)
    } else if levels.above.contains(name) || definition.relations.is_empty() {
        Ok(Place::Shared)
    } else if levels.within.contains(name) {
        Ok(Place::Within)
    } else {
        Err(SpiceDbBuildError::UnclearLevel { kind: name.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, Key, Levels, Model, ObjectRef, SpiceDbBuildError, SubjectRef, Uuid};
    use std::collections::{BTreeSet, HashMap};

    const A: Uuid = Uuid::from_u128(0xaaaa_aaaa_aaaa_4aaa_8aaa_aaaa_aaaa_aaaa);
    const B: Uuid = Uuid::from_u128(0xbbbb_bbbb_bbbb_4bbb_8bbb_bbbb_bbbb_bbbb);
    const MODEL: &str = "
        definition user {}
        definition tenant {
            relation admin: user
        }
        definition organization {
            relation tenant: tenant
            relation owner: user | organization#owner
        }
        definition invoice {
            relation organization: organization
            relation payer: user | invoice#payer
        }
    ";

    fn ids() -> Ids {
        let set = |name: &str| BTreeSet::from([name.to_owned()]);
        let organization = Some("organization".to_owned());
        let levels = Levels { organization, above: set("tenant"), within: set("invoice") };
        Ids::of(&Model::parse(MODEL).expect("a model"), &levels).expect("clear levels")
    }

    fn object(kind: &str, id: &str) -> ObjectRef {
        ObjectRef::new(kind, id).expect("an id")
    }

    /// Ids that spell parts of other ids.
    fn spellings() -> Vec<String> {
        let mut all: Vec<String> = ["1", "/", "//", "a/b", "-", "="].map(str::to_owned).to_vec();
        for own in [A, B] {
            let upper = own.to_string().to_uppercase();
            all.extend([own.to_string(), own.simple().to_string(), upper, format!("{own}/"), format!("/{own}")]);
            all.extend([format!("{own}/1"), format!("{own}/{A}"), format!("{own}/{B}/1"), format!("{own}{own}")]);
        }
        all
    }

    #[test]
    fn no_two_objects_have_one_id_and_each_id_leads_back() {
        let (ids, mut seen) = (ids(), HashMap::new());
        for kind in ["tenant", "organization", "invoice"] {
            for (organization, id) in
                [None, Some(A), Some(B)].into_iter().flat_map(|of| spellings().into_iter().map(move |id| (of, id)))
            {
                let from = object(kind, &id);
                let Some(to) = ids.object(organization, &from) else {
                    assert!(organization.is_none() && kind != "tenant", "{from}");
                    continue;
                };
                // What is above organizations is one object for all of them.
                let of = organization.filter(|_| kind != "tenant");
                if let Some(other) = seen.insert(to.clone(), (of, from.clone())) {
                    assert_eq!(other, (of, from.clone()), "{to}");
                }
                let key = |resource: &ObjectRef, relation: &str, subject| Key {
                    organization: of,
                    resource: resource.clone(),
                    relation: relation.to_owned(),
                    subject,
                };
                let userset = SubjectRef::Userset(from.clone(), "x".to_owned());
                for key in [key(&from, "x", SubjectRef::Wildcard("user".to_owned())), key(&from, "x", userset)] {
                    let written = ids.relationship(&key, None).expect("it has a place");
                    assert_eq!(ids.key(&written), Some(key), "{written}");
                }
                if let Some(own) = of {
                    assert_eq!(ids.own_id(own, kind, to.id()), Some(&*id));
                    assert_eq!(ids.own_id(if own == A { B } else { A }, kind, to.id()), None, "{to}");
                }
            }
        }
    }

    #[test]
    fn a_relationship_that_was_written_elsewhere_has_no_key() {
        for text in [
            "invoice:1#payer@user:1".to_owned(),
            format!("invoice:{A}#payer@user:1"),
            format!("invoice:{A}/#payer@user:1"),
            format!("invoice:{}/1#payer@user:1", A.to_string().to_uppercase()),
            format!("invoice:{}/1#payer@user:1", A.simple()),
            format!("invoice:{A}/1#payer@invoice:{B}/1#payer"),
            format!("invoice:{A}/1#organization@organization:{B}"),
            format!("invoice:{A}/1#organization@organization:{A}/{A}"),
            format!("organization:{A}/{A}#owner@user:1"),
            "organization:7#owner@user:1".to_owned(),
            "nothing:7#owner@user:1".to_owned(),
        ] {
            let relationship = text.parse().expect("a relationship");
            assert_eq!(ids().key(&relationship), None, "{text}");
        }
    }

    #[test]
    fn an_id_that_is_too_long_with_its_organization_has_no_place() {
        let long = |length| ids().object(Some(A), &object("invoice", &"x".repeat(length)));
        assert!(long(987).is_some() && long(988).is_none());
    }

    #[test]
    fn a_type_of_both_levels_is_refused() {
        let model = Model::parse(MODEL).expect("a model");
        let levels = Levels { organization: Some("organization".to_owned()), ..Levels::default() };
        let refused = Ids::of(&model, &levels).map(drop);
        assert!(matches!(&refused, Err(SpiceDbBuildError::UnclearLevel { kind }) if kind == "tenant"), "{refused:?}");
    }
}
