//! Whatever SpiceDB does, only its yes is one.

use crate::front::{End, Front, KEY, Script};
use crate::world::{A, B, PATIENCE, World, model, person, question, settings};
use bytes::Bytes;
use prost::Message;
use secrecy::SecretString;
use spicedb_grpc_tonic::v1 as api;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenancy::permit::{Answer, Decision, EngineError, PermissionEngine};
use tenancy_permits::spicedb::{ListError, SpiceDbBuilder, SpiceDbError};
use tenancy_permits::sql::SqlEngine;
use tonic::Status;

const OWN: &str = "definition tenancy_sync {\n    relation holder: tenancy_sync\n}\n";

fn schema() -> Script {
    let schema_text = format!("{}{OWN}", crate::world::MODEL);
    Script::Reply(api::ReadSchemaResponse { schema_text, read_at: None }.encode_to_vec().into())
}

/// An engine whose SpiceDB has the model, and otherwise follows a script.
async fn scripted(
    decide: impl Fn(&str, &Bytes) -> Script + Send + Sync + 'static,
    more: impl FnOnce(SpiceDbBuilder) -> SpiceDbBuilder,
) -> World {
    let decide = move |method: &str, message: &Bytes| match method {
        "ReadSchema" => schema(),
        // It is empty, and takes everything.
        "ReadRelationships" => Script::Stream(Vec::new(), End::Complete),
        "WriteRelationships" => Script::Reply(Bytes::new()),
        _ => decide(method, message),
    };
    let sql = settings(SqlEngine::builder(model(crate::world::MODEL))).sqlite(":memory:").await.expect("an engine");
    let world = World::of(sql, Front::scripted(decide).await, None, more).await;
    world.engine.verify().await.expect("verified");
    world.sync.reconcile().await.map(drop).expect("the first comparison");
    world
}

fn patient(builder: SpiceDbBuilder) -> SpiceDbBuilder {
    builder.timeout(PATIENCE)
}

fn single(permissionship: i32) -> Script {
    Script::Reply(api::CheckPermissionResponse { permissionship, ..Default::default() }.encode_to_vec().into())
}

async fn one(world: &World) -> Result<Decision, EngineError> {
    world.decide(A, ("invoice", "1"), "own", "anna").await
}

async fn three(world: &World) -> Result<Vec<Decision>, EngineError> {
    let subject = person("anna");
    let questions = ["1", "2", "3"].map(|id| question(A, ("invoice", id), "own", &subject));
    world.engine.check_each(&questions).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_has_permission_is_a_yes() {
    for (permissionship, expected) in [(2, Some(Answer::Yes)), (1, Some(Answer::No)), (3, Some(Answer::Conditional))]
        .into_iter()
        .chain([0, 4, 99, -1].map(|unknown| (unknown, None)))
    {
        let world = scripted(move |_, _| single(permissionship), patient).await;
        match (one(&world).await, expected) {
            (Ok(decision), Some(answer)) => assert_eq!(decision.answer, answer),
            (Err(EngineError::Malformed(_)), None) => {}
            (other, _) => panic!("{permissionship}: {other:?}"),
        }
    }
}

/// Answers a bulk request with yes for each, changed by `change`.
fn bulk(change: fn(&mut Vec<api::CheckBulkPermissionsPair>)) -> impl Fn(&str, &Bytes) -> Script {
    move |_, message| {
        let request = api::CheckBulkPermissionsRequest::decode(message.clone()).expect("a request");
        let yes = api::CheckBulkPermissionsResponseItem { permissionship: 2, ..Default::default() };
        let response = Some(api::check_bulk_permissions_pair::Response::Item(yes));
        let pair = |item| api::CheckBulkPermissionsPair { request: Some(item), response: response.clone() };
        let mut pairs = request.items.into_iter().map(pair).collect();
        change(&mut pairs);
        Script::Reply(api::CheckBulkPermissionsResponse { pairs, ..Default::default() }.encode_to_vec().into())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_reply_that_does_not_fit_the_questions_denies_all() {
    let world = scripted(bulk(|_| {}), patient).await;
    let decisions = three(&world).await.expect("answers");
    assert!(decisions.iter().all(|decision| decision.answer == Answer::Yes));
    let changes: [fn(&mut Vec<api::CheckBulkPermissionsPair>); 7] = [
        |pairs| drop(pairs.pop()),
        |pairs| pairs.clear(),
        |pairs| pairs.push(pairs[0].clone()),
        |pairs| pairs.swap(0, 2),
        |pairs| pairs[1] = pairs[0].clone(),
        |pairs| pairs[1].request = None,
        |pairs| pairs[1].response = None,
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let world = scripted(bulk(change), patient).await;
        let answer = three(&world).await;
        assert!(matches!(answer, Err(EngineError::Malformed(_))), "{at}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_beside_other_answers_denies_all() {
    let world = scripted(
        bulk(|pairs| {
            pairs[1].response = Some(api::check_bulk_permissions_pair::Response::Error(Default::default()));
        }),
        patient,
    )
    .await;
    let answer = three(&world).await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conditional_answer_is_no_yes_in_whatever_place() {
    let world = scripted(
        bulk(|pairs| {
            let item = api::CheckBulkPermissionsResponseItem { permissionship: 3, ..Default::default() };
            pairs[1].response = Some(api::check_bulk_permissions_pair::Response::Item(item));
        }),
        patient,
    )
    .await;
    let answers: Vec<Answer> = three(&world).await.expect("answers").iter().map(|decision| decision.answer).collect();
    assert_eq!(answers, [Answer::Yes, Answer::Conditional, Answer::Yes]);
    // `organization->view + author + folder->view`: one of its parts depends.
    let decision = world.decide(A, ("invoice", "1"), "view", "anna").await.expect("an answer");
    assert_eq!(decision.answer, Answer::Conditional);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_question_is_asked_fully_consistent() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let world = scripted(
        move |method, message| {
            let consistency = match method {
                "CheckPermission" => api::CheckPermissionRequest::decode(message.clone()).expect("one").consistency,
                "CheckBulkPermissions" => {
                    api::CheckBulkPermissionsRequest::decode(message.clone()).expect("several").consistency
                }
                "LookupResources" => api::LookupResourcesRequest::decode(message.clone()).expect("a list").consistency,
                other => panic!("{other}"),
            };
            let fully = api::consistency::Requirement::FullyConsistent(true);
            assert_eq!(consistency, Some(api::Consistency { requirement: Some(fully) }));
            count.fetch_add(1, Ordering::Relaxed);
            Script::Fail(Status::invalid_argument("seen"))
        },
        patient,
    )
    .await;
    assert!(one(&world).await.is_err() && three(&world).await.is_err());
    let anna = "user:test|anna".parse().expect("a user");
    assert!(world.engine.lookup_resources(A, ("invoice", "own"), &anna, 10, PATIENCE).await.is_err());
    assert_eq!(seen.load(Ordering::Relaxed), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_is_waited_for_no_longer_than_set() {
    let world = scripted(|_, _| Script::Never, |builder| builder.timeout(Duration::from_millis(50))).await;
    // The question itself has a minute.
    let answer = one(&world).await;
    assert!(matches!(answer, Err(EngineError::TimedOut)), "{answer:?}");
    let world = scripted(|_, _| Script::Never, patient).await;
    let subject = person("anna");
    let mut asked = question(B, ("invoice", "1"), "own", &subject);
    asked.deadline = std::time::Instant::now() + Duration::from_millis(50);
    let answer = world.engine.check(asked).await;
    assert!(matches!(answer, Err(EngineError::TimedOut)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unavailable_server_is_asked_again_and_no_other_error_is() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let third = move |_: &str, _: &Bytes| match count.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Script::Fail(Status::unavailable("starting")),
        _ => single(2),
    };
    let world = scripted(third, patient).await;
    assert_eq!(one(&world).await.expect("an answer").answer, Answer::Yes);
    assert_eq!((world.engine.counts().retried, world.front.calls("CheckPermission")), (2, 3));

    let world = scripted(|_, _| Script::Fail(Status::unavailable("stopped")), patient).await;
    let answer = one(&world).await;
    assert!(matches!(answer, Err(EngineError::Failed(_))), "{answer:?}");
    assert_eq!(world.front.calls("CheckPermission"), 3);

    for status in [Status::internal("x"), Status::unknown("x"), Status::resource_exhausted("x"), Status::data_loss("x")]
    {
        let code = status.code();
        let world = scripted(move |_, _| Script::Fail(status.clone()), patient).await;
        let answer = one(&world).await;
        assert!(matches!(answer, Err(EngineError::Failed(_))), "{code:?}: {answer:?}");
        assert_eq!(world.front.calls("CheckPermission"), 1, "{code:?}");
        assert_eq!(world.engine.counts().failed, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_failures_in_a_row_the_server_is_left_alone_and_then_tried() {
    let hour = |builder: SpiceDbBuilder| builder.timeout(PATIENCE).circuit(3, Duration::from_secs(3_600));
    let world = scripted(|_, _| Script::Fail(Status::internal("x")), hour).await;
    for _ in 0..5 {
        assert!(one(&world).await.is_err());
    }
    assert_eq!(world.front.calls("CheckPermission"), 3);
    let Err(EngineError::Failed(error)) = one(&world).await else { panic!("it failed") };
    let error: Option<&SpiceDbError> = error.downcast_ref();
    assert!(matches!(error, Some(SpiceDbError::CircuitOpen { .. })), "{error:?}");
    // Two organizations share one SpiceDB.
    assert!(world.decide(B, ("invoice", "1"), "own", "anna").await.is_err());

    let at_once = |builder: SpiceDbBuilder| builder.timeout(PATIENCE).circuit(1, Duration::ZERO);
    let world = scripted(|_, _| Script::Fail(Status::internal("x")), at_once).await;
    assert!(one(&world).await.is_err());
    world.front.decide(|_, _| single(2));
    assert_eq!(one(&world).await.expect("tried").answer, Answer::Yes);

    // What one organization's relationships cause does not count.
    let world = scripted(|_, _| Script::Fail(Status::failed_precondition("max depth exceeded: x")), hour).await;
    for _ in 0..5 {
        assert!(matches!(one(&world).await, Err(EngineError::TooDeep)));
    }
    assert_eq!(world.front.calls("CheckPermission"), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_denies_and_the_next_one_answers() {
    let world = scripted(|_, _| Script::Cut, patient).await;
    let answer = one(&world).await;
    assert!(matches!(answer, Err(EngineError::Failed(_) | EngineError::TimedOut)), "{answer:?}");
    world.front.decide(|_, _| single(2));
    assert_eq!(one(&world).await.expect("a new connection").answer, Answer::Yes);
    let world = scripted(|_, _| Script::Never, patient).await;
    drop(world.front);
    let subject = person("anna");
    let answer = world.engine.check(question(A, ("invoice", "1"), "own", &subject)).await;
    assert!(matches!(answer, Err(EngineError::Failed(_))), "{answer:?}");
}

fn listed(id: &str, permissionship: i32) -> Bytes {
    let found =
        api::LookupResourcesResponse { resource_object_id: format!("{A}/{id}"), permissionship, ..Default::default() };
    found.encode_to_vec().into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_ends_midway_is_no_list() {
    let anna = "user:test|anna".parse().expect("a user");
    let cut = scripted(|_, _| Script::Stream(vec![listed("1", 1), listed("2", 1)], End::Cut), patient).await;
    let failed = Script::Stream(vec![listed("1", 1)], End::Fail(Status::internal("midway")));
    let failed = std::sync::Mutex::new(Some(failed));
    let failed = scripted(move |_, _| failed.lock().expect("once").take().expect("once"), patient).await;
    for world in [cut, failed] {
        let list = world.engine.lookup_resources(A, ("invoice", "own"), &anna, 10, PATIENCE).await;
        assert!(matches!(list, Err(ListError::SpiceDb(_))), "{list:?}");
    }
    // An entry that depends is not listed, and one without an answer is an error.
    let depends = vec![listed("1", 1), listed("2", 2)];
    let world = scripted(move |_, _| Script::Stream(depends.clone(), End::Complete), patient).await;
    let list = world.engine.lookup_resources(A, ("invoice", "own"), &anna, 10, PATIENCE).await;
    assert_eq!(list.expect("a list"), ["1"]);
    for unknown in [0, 3, 99] {
        let world = scripted(move |_, _| Script::Stream(vec![listed("1", unknown)], End::Complete), patient).await;
        let list = world.engine.lookup_resources(A, ("invoice", "own"), &anna, 10, PATIENCE).await;
        assert!(matches!(list, Err(ListError::SpiceDb(SpiceDbError::Malformed(_)))), "{unknown}: {list:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_key_is_refused() {
    let front = Front::of_library().await;
    let sql = settings(SqlEngine::builder(model(crate::world::MODEL))).sqlite(":memory:").await.expect("an engine");
    let other = SecretString::from(format!("{KEY}!"));
    let engine = tenancy_permits::spicedb::SpiceDbEngine::builder(sql, front.address(), other).build();
    let refused = engine.expect("an engine").write_schema().await;
    assert!(matches!(refused, Err(SpiceDbError::Unauthenticated)), "{refused:?}");
}
