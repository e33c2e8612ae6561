//! What other programs may do to SpiceDB: reads and writes past the engine.

use crate::front::KEY;
use crate::world::World;
use spicedb_grpc_tonic::v1 as api;
use spicedb_grpc_tonic::v1::permissions_service_client::PermissionsServiceClient;
use std::collections::BTreeMap;
use tenancy_permits::{Relationship, SubjectRef};
use tonic::Request;
use tonic::transport::Channel;

/// The types of the model that have relations.
const KINDS: [&str; 7] = ["platform", "team", "tenant", "organization", "group", "folder", "invoice"];

fn request<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {KEY}").parse().expect("a header"));
    request
}

fn proto(relationship: &Relationship, expires: Option<i64>) -> api::Relationship {
    let object =
        |kind: &str, id: &str| Some(api::ObjectReference { object_type: kind.to_owned(), object_id: id.to_owned() });
    let (of, optional_relation) = match &relationship.subject {
        SubjectRef::Object(of) => (object(of.kind(), of.id()), String::new()),
        SubjectRef::Userset(of, relation) => (object(of.kind(), of.id()), relation.clone()),
        SubjectRef::Wildcard(kind) => (object(kind, "*"), String::new()),
    };
    let resource = object(relationship.resource.kind(), relationship.resource.id());
    let subject = Some(api::SubjectReference { object: of, optional_relation });
    let relation = relationship.relation.clone();
    let mut to = api::Relationship { resource, relation, subject, ..Default::default() };
    if let Some(expires) = expires {
        to.optional_expires_at.get_or_insert_default().seconds = expires;
    }
    to
}

impl World {
    async fn client(&self) -> PermissionsServiceClient<Channel> {
        PermissionsServiceClient::connect(self.front.address()).await.expect("a connection")
    }

    /// Changes SpiceDB alone.
    pub(crate) async fn meddle(&self, touch: bool, text: &str, expires: Option<i64>) {
        use api::relationship_update::Operation::{Delete, Touch};
        let relationship = Some(proto(&crate::world::relationship(text), expires));
        let operation = if touch { Touch } else { Delete }.into();
        let updates = vec![api::RelationshipUpdate { operation, relationship }];
        let message = api::WriteRelationshipsRequest { updates, ..Default::default() };
        self.client().await.write_relationships(request(message)).await.expect("written");
    }

    /// Everything that SpiceDB has, with the expiries.
    pub(crate) async fn in_spicedb(&self) -> BTreeMap<String, Option<i64>> {
        let mut all = BTreeMap::new();
        for kind in KINDS {
            let consistency = api::consistency::Requirement::FullyConsistent(true);
            let filter = api::RelationshipFilter { resource_type: kind.to_owned(), ..Default::default() };
            let message = api::ReadRelationshipsRequest {
                consistency: Some(api::Consistency { requirement: Some(consistency) }),
                relationship_filter: Some(filter),
                ..Default::default()
            };
            let mut stream = self.client().await.read_relationships(request(message)).await.expect("read").into_inner();
            while let Some(found) = stream.message().await.expect("a relationship") {
                let found = found.relationship.expect("a relationship");
                let (resource, subject) = (found.resource.expect("an object"), found.subject.expect("a subject"));
                let of = subject.object.expect("an object");
                let mut text = format!(
                    "{}:{}#{}@{}:{}",
                    resource.object_type, resource.object_id, found.relation, of.object_type, of.object_id
                );
                if !subject.optional_relation.is_empty() {
                    text = format!("{text}#{}", subject.optional_relation);
                }
                let doubled = all.insert(text, found.optional_expires_at.map(|at| at.seconds));
                assert!(doubled.is_none());
            }
        }
        all
    }
}
