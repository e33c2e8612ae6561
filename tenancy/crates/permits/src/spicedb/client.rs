//! The calls to SpiceDB. The one module that names the generated client.

use super::error::SpiceDbError;
use crate::sql::outbox::{from_seconds, to_seconds};
use crate::{ObjectRef, Relationship, SubjectRef};
use spicedb_grpc_tonic::v1 as api;
use spicedb_grpc_tonic::v1::check_bulk_permissions_pair::Response as PairResponse;
use spicedb_grpc_tonic::v1::check_permission_response::Permissionship;
use spicedb_grpc_tonic::v1::permissions_service_client::PermissionsServiceClient;
use spicedb_grpc_tonic::v1::schema_service_client::SchemaServiceClient;
use std::time::Instant;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

/// The largest answer that is read. A page has 1,000 relationships of three ids each.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub(super) resource: ObjectRef,
    pub(super) permission: String,
    pub(super) subject: SubjectRef,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Yes,
    No,
    Conditional,
}

/// One change. A relationship is touched or deleted.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) touch: bool,
    pub(super) relationship: Relationship,
}

/// What a write demands of relationships that are stored before it.
#[derive(Debug, Clone)]
pub(super) enum Precondition {
    Exists(Relationship),
    /// No relationship of the object has the relation.
    None(ObjectRef, String),
}

/// A relationship that SpiceDB has.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) relationship: Relationship,
    /// It has what this crate writes nowhere: a caveat, or an expiry within a second.
    pub(super) foreign: bool,
}

/// A page of a list, and where the next one begins.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<Cursor>,
}

/// Where a page ends.
#[derive(Debug, Clone)]
pub(super) struct Cursor(api::Cursor);

/// Which relationships a page has.
#[derive(Debug, Clone)]
pub(super) struct Of<'a> {
    pub(super) kind: &'a str,
    pub(super) id: Option<&'a str>,
}

/// A connection to SpiceDB, with the key.
#[derive(Clone)]
pub(super) struct Client {
    channel: Channel,
    key: MetadataValue<Ascii>,
}

impl Client {
    /// `key` is marked as sensitive: its `Debug` does not show it.
    pub(super) fn new(channel: Channel, mut key: MetadataValue<Ascii>) -> Self {
        key.set_sensitive(true);
        Self { channel, key }
    }

    fn permissions(&self) -> PermissionsServiceClient<Channel> {
        PermissionsServiceClient::new(self.channel.clone()).max_decoding_message_size(MOST_BYTES)
    }

    fn schemas(&self) -> SchemaServiceClient<Channel> {
        SchemaServiceClient::new(self.channel.clone()).max_decoding_message_size(MOST_BYTES)
    }

    fn request<T>(&self, message: T, deadline: Instant) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.key.clone());
        // SpiceDB stops working for an answer that comes too late.
        request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        request
    }

    /// One answer for each question, in their order. Each question of a reply is compared with the one that was asked.
    pub(super) async fn check(&self, items: &[Item], deadline: Instant) -> Result<Vec<Verdict>, SpiceDbError> {
        match items {
            [] => Ok(Vec::new()),
            [item] => Ok(vec![self.check_one(item, deadline).await?]),
            several => self.check_several(several, deadline).await,
        }
    }

    async fn check_one(&self, item: &Item, deadline: Instant) -> Result<Verdict, SpiceDbError> {
        let message = api::CheckPermissionRequest {
            consistency: fully_consistent(),
            resource: Some(object(&item.resource)),
            permission: item.permission.clone(),
            subject: Some(subject(&item.subject)),
            ..Default::default()
        };
        let mut client = self.permissions();
        let reply = within(deadline, client.check_permission(self.request(message, deadline))).await?;
        verdict(reply.permissionship)
    }

    async fn check_several(&self, items: &[Item], deadline: Instant) -> Result<Vec<Verdict>, SpiceDbError> {
        let asked: Vec<api::CheckBulkPermissionsRequestItem> = items.iter().map(question).collect();
        let message = api::CheckBulkPermissionsRequest {
            consistency: fully_consistent(),
            items: asked.clone(),
            ..Default::default()
        };
        let mut client = self.permissions();
        let reply = within(deadline, client.check_bulk_permissions(self.request(message, deadline))).await?;
        if reply.pairs.len() != asked.len() {
            return Err(SpiceDbError::Malformed("another number of answers than of questions"));
        }
        let pairs = reply.pairs.into_iter().zip(&asked);
        pairs.map(|(pair, asked)| answer(pair, asked)).collect()
    }

    /// The objects of a type of which the subject has the permission, a page of them.
    pub(super) async fn lookup(
        &self,
        (kind, permission): (&str, &str),
        of: &SubjectRef,
        (limit, after): (u32, Option<Cursor>),
        deadline: Instant,
    ) -> Result<Page<String>, SpiceDbError> {
        let message = api::LookupResourcesRequest {
            consistency: fully_consistent(),
            resource_object_type: kind.to_owned(),
            permission: permission.to_owned(),
            subject: Some(subject(of)),
            optional_limit: limit,
            optional_cursor: after.map(|Cursor(cursor)| cursor),
            ..Default::default()
        };
        let mut client = self.permissions();
        let mut stream = within(deadline, client.lookup_resources(self.request(message, deadline))).await?;
        let mut page = Page { items: Vec::new(), next: None };
        while let Some(found) = next(deadline, &mut stream).await? {
            page.next = found.after_result_cursor.map(Cursor);
            match api::LookupPermissionship::try_from(found.permissionship) {
                Ok(api::LookupPermissionship::HasPermission) => page.items.push(found.resource_object_id),
                Ok(api::LookupPermissionship::ConditionalPermission) => {}
                _ => return Err(SpiceDbError::Malformed("a listed object without an answer")),
            }
        }
        Ok(page)
    }

    /// The relationships about objects of a type, a page of them.
    pub(super) async fn relationships(
        &self,
        of: &Of<'_>,
        (limit, after): (u32, Option<Cursor>),
        deadline: Instant,
    ) -> Result<Page<Stored>, SpiceDbError> {
        let message = api::ReadRelationshipsRequest {
            consistency: fully_consistent(),
            relationship_filter: Some(api::RelationshipFilter {
                resource_type: of.kind.to_owned(),
                optional_resource_id: of.id.unwrap_or_default().to_owned(),
                ..Default::default()
            }),
            optional_limit: limit,
            optional_cursor: after.map(|Cursor(cursor)| cursor),
        };
        let mut client = self.permissions();
        let mut stream = within(deadline, client.read_relationships(self.request(message, deadline))).await?;
        let mut page = Page { items: Vec::new(), next: None };
        while let Some(found) = next(deadline, &mut stream).await? {
            page.next = found.after_result_cursor.map(Cursor);
            page.items.push(found.relationship.and_then(stored).ok_or(UNREADABLE)?);
        }
        Ok(page)
    }

    /// Applies all changes or none.
    pub(super) async fn write(
        &self,
        updates: &[Update],
        conditions: &[Precondition],
        deadline: Instant,
    ) -> Result<(), SpiceDbError> {
        let message = api::WriteRelationshipsRequest {
            updates: updates.iter().map(update).collect(),
            optional_preconditions: conditions.iter().map(condition).collect(),
            ..Default::default()
        };
        let mut client = self.permissions();
        let written = within(deadline, client.write_relationships(self.request(message, deadline))).await;
        written.map(drop).map_err(|error| match error {
            // The code alone also says that the schema lacks a type.
            SpiceDbError::Refused { code, message }
                if code == code_name(Code::FailedPrecondition) && message.contains("write precondition") =>
            {
                SpiceDbError::Precondition { message }
            }
            other => other,
        })
    }

    /// The text of the schema. `None`: there is none.
    pub(super) async fn schema(&self, deadline: Instant) -> Result<Option<String>, SpiceDbError> {
        let mut client = self.schemas();
        match within(deadline, client.read_schema(self.request(api::ReadSchemaRequest {}, deadline))).await {
            Ok(reply) => Ok(Some(reply.schema_text)),
            Err(SpiceDbError::Refused { code, .. }) if code == code_name(Code::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn write_schema(&self, schema: String, deadline: Instant) -> Result<(), SpiceDbError> {
        let mut client = self.schemas();
        let request = self.request(api::WriteSchemaRequest { schema }, deadline);
        within(deadline, client.write_schema(request)).await.map(drop)
    }
}

/// Waits for a reply until the deadline, whatever the library and SpiceDB do.
async fn within<T>(
    deadline: Instant,
    reply: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<T, SpiceDbError> {
    let reply = tokio::time::timeout_at(deadline.into(), reply).await.map_err(|_| SpiceDbError::Timeout)?;
    reply.map(Response::into_inner).map_err(|status| failed(&status))
}

async fn next<T>(deadline: Instant, stream: &mut tonic::Streaming<T>) -> Result<Option<T>, SpiceDbError> {
    let next = tokio::time::timeout_at(deadline.into(), stream.message()).await.map_err(|_| SpiceDbError::Timeout)?;
    next.map_err(|status| failed(&status))
}

fn code_name(code: Code) -> String {
    format!("{code:?}")
}

fn failed(status: &Status) -> SpiceDbError {
    let message = status.message().to_owned();
    match status.code() {
        Code::Unavailable => SpiceDbError::Unavailable { message },
        // The library answers `Cancelled` when its own timer ends first.
        Code::DeadlineExceeded | Code::Cancelled => SpiceDbError::Timeout,
        Code::Unauthenticated | Code::PermissionDenied => SpiceDbError::Unauthenticated,
        Code::FailedPrecondition | Code::ResourceExhausted if message.contains("max depth") => SpiceDbError::TooDeep,
        code => SpiceDbError::Refused { code: code_name(code), message },
    }
}

fn fully_consistent() -> Option<api::Consistency> {
    Some(api::Consistency { requirement: Some(api::consistency::Requirement::FullyConsistent(true)) })
}

const UNREADABLE: SpiceDbError = SpiceDbError::Malformed("a relationship is not readable");

fn verdict(permissionship: i32) -> Result<Verdict, SpiceDbError> {
    match Permissionship::try_from(permissionship) {
        Ok(Permissionship::HasPermission) => Ok(Verdict::Yes),
        Ok(Permissionship::NoPermission) => Ok(Verdict::No),
        Ok(Permissionship::ConditionalPermission) => Ok(Verdict::Conditional),
        Ok(Permissionship::Unspecified) | Err(_) => Err(SpiceDbError::Malformed("an answer that is no answer")),
    }
}

fn answer(
    pair: api::CheckBulkPermissionsPair,
    asked: &api::CheckBulkPermissionsRequestItem,
) -> Result<Verdict, SpiceDbError> {
    if pair.request.as_ref() != Some(asked) {
        return Err(SpiceDbError::Malformed("an answer to another question"));
    }
    match pair.response {
        Some(PairResponse::Item(item)) => verdict(item.permissionship),
        Some(PairResponse::Error(status)) => Err(failed(&Status::new(Code::from(status.code), status.message))),
        None => Err(SpiceDbError::Malformed("an answer that is no answer")),
    }
}

fn question(item: &Item) -> api::CheckBulkPermissionsRequestItem {
    api::CheckBulkPermissionsRequestItem {
        resource: Some(object(&item.resource)),
        permission: item.permission.clone(),
        subject: Some(subject(&item.subject)),
        context: None,
    }
}

fn reference(object_type: &str, object_id: &str) -> api::ObjectReference {
    api::ObjectReference { object_type: object_type.to_owned(), object_id: object_id.to_owned() }
}

fn object(object: &ObjectRef) -> api::ObjectReference {
    reference(object.kind(), object.id())
}

fn subject(subject: &SubjectRef) -> api::SubjectReference {
    let (object, optional_relation) = match subject {
        SubjectRef::Object(of) => (object(of), String::new()),
        SubjectRef::Userset(of, relation) => (object(of), relation.clone()),
        SubjectRef::Wildcard(kind) => (reference(kind, "*"), String::new()),
    };
    api::SubjectReference { object: Some(object), optional_relation }
}

fn relationship(from: &Relationship) -> api::Relationship {
    let mut to = api::Relationship {
        resource: Some(object(&from.resource)),
        relation: from.relation.clone(),
        subject: Some(subject(&from.subject)),
        ..Default::default()
    };
    if let Some(expires) = from.expires_at {
        to.optional_expires_at.get_or_insert_default().seconds = to_seconds(expires);
    }
    to
}

fn update(from: &Update) -> api::RelationshipUpdate {
    use api::relationship_update::Operation::{Delete, Touch};
    let operation = if from.touch { Touch } else { Delete };
    api::RelationshipUpdate { operation: operation.into(), relationship: Some(relationship(&from.relationship)) }
}

fn condition(from: &Precondition) -> api::Precondition {
    use api::precondition::Operation::{MustMatch, MustNotMatch};
    let about = |object: &ObjectRef, relation: &str| api::RelationshipFilter {
        resource_type: object.kind().to_owned(),
        optional_resource_id: object.id().to_owned(),
        optional_relation: relation.to_owned(),
        ..Default::default()
    };
    match from {
        Precondition::None(object, relation) => {
            api::Precondition { operation: MustNotMatch.into(), filter: Some(about(object, relation)) }
        }
        Precondition::Exists(Relationship { resource, relation, subject, .. }) => {
            let of = self::subject(subject);
            let object = of.object.unwrap_or_default();
            let filter = api::RelationshipFilter {
                optional_subject_filter: Some(api::SubjectFilter {
                    subject_type: object.object_type,
                    optional_subject_id: object.object_id,
                    optional_relation: Some(api::subject_filter::RelationFilter { relation: of.optional_relation }),
                }),
                ..about(resource, relation)
            };
            api::Precondition { operation: MustMatch.into(), filter: Some(filter) }
        }
    }
}

fn stored(from: api::Relationship) -> Option<Stored> {
    let (resource, subject) = (from.resource?, from.subject?);
    let of = subject.object?;
    let named = |object: api::ObjectReference| ObjectRef::new(object.object_type, object.object_id).ok();
    let subject = match (of.object_id.as_str(), subject.optional_relation.is_empty()) {
        ("*", true) => SubjectRef::Wildcard(of.object_type),
        (_, true) => SubjectRef::Object(named(of)?),
        (_, false) => SubjectRef::Userset(named(of)?, subject.optional_relation),
    };
    let (seconds, nanos) = from.optional_expires_at.map_or((None, 0), |at| (Some(at.seconds), at.nanos));
    let expires_at = seconds.and_then(from_seconds);
    let foreign = from.optional_caveat.is_some() || nanos != 0 || expires_at.is_none() != seconds.is_none();
    let relationship = Relationship { resource: named(resource)?, relation: from.relation, subject, expires_at };
    Some(Stored { relationship, foreign })
}
