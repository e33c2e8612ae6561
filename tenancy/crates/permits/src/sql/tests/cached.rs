//! Kept answers: what is revoked, granted or asked by somebody else is never answered from memory.

use super::{A, B, Fixture, MODEL, both, organization, plain};
use crate::sql::SqlEngine;
use crate::{CacheCounts, CachedEngine};
use std::time::{Duration, Instant};
use tenancy::OrgId;
use tenancy::permit::{Answer, Decision, EngineFuture, PermissionEngine, Question, subject_id};
use tenancy::scope::Subject;
use uuid::Uuid;

fn person(name: &str) -> Subject {
    Subject { issuer: "https://id.example".to_owned(), subject: name.to_owned() }
}

async fn asks(engine: &impl PermissionEngine, org: Uuid, id: &str, permission: &'static str, of: &Subject) -> Decision {
    let question = Question {
        object_type: "invoice",
        object_id: id,
        permission,
        subject: of,
        organization: OrgId::new(org),
        below_organization: true,
        deadline: Instant::now() + Duration::from_secs(30),
    };
    engine.check(question).await.expect("an answer")
}

fn cached(fixture: &Fixture) -> CachedEngine<SqlEngine> {
    // Longer than a slow machine takes.
    let engine = CachedEngine::new(fixture.engine.clone(), fixture.engine.clone(), 100);
    engine.max_age(Duration::from_secs(5))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_is_effective_at_the_next_question() {
    for fixture in both(MODEL, plain).await {
        let engine = cached(&fixture);
        let (anna, owner) = (person("anna"), format!("{}#owner@user:{}", organization(A), subject_id(&person("anna"))));
        for round in 0..20 {
            // A grant counts at once: no "no" is kept.
            for _ in 0..2 {
                let decision = asks(&engine, A, "1", "delete", &anna).await;
                assert_eq!(decision.answer, Answer::No, "{} {round}", fixture.name());
            }
            fixture.give(Some(A), &[&owner, &format!("{}#owner@user:other", organization(A))]).await;
            for _ in 0..2 {
                let decision = asks(&engine, A, "1", "delete", &anna).await;
                assert_eq!(decision.answer, Answer::Yes, "{} {round}", fixture.name());
                assert_eq!(decision.epoch, Some(fixture.epochs(A).await.0), "what the statement will compare");
            }
            let _ = fixture.take(Some(A), &owner).await;
        }
        assert!(engine.counts().hits >= 10, "{:?}", engine.counts());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_above_organizations_is_effective_too() {
    for fixture in both(MODEL, |builder| builder.above_organizations("tenant")).await {
        let engine = cached(&fixture);
        let anna = person("anna");
        let admin = format!("tenant:t#admin@user:{}", subject_id(&anna));
        fixture.give(None, &[&admin]).await;
        fixture.give(Some(A), &[&format!("{}#tenant@tenant:t", organization(A))]).await;
        for _ in 0..2 {
            assert_eq!(asks(&engine, A, "1", "delete", &anna).await.answer, Answer::Yes, "{}", fixture.name());
        }
        let _ = fixture.take(None, &admin).await;
        assert_eq!(asks(&engine, A, "1", "delete", &anna).await.answer, Answer::No, "{}", fixture.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_about_one_person_object_permission_and_organization() {
    for fixture in both(MODEL, plain).await {
        let engine = cached(&fixture);
        let (anna, bob) = (person("anna"), person("bob"));
        fixture.give(Some(A), &[&format!("invoice:1#author@user:{}", subject_id(&anna))]).await;
        assert_eq!(asks(&engine, A, "1", "view", &anna).await.answer, Answer::Yes);
        let others =
            [(A, "1", "view", &bob), (A, "2", "view", &anna), (A, "1", "delete", &anna), (B, "1", "view", &anna)];
        for (org, id, permission, of) in others {
            assert_eq!(
                asks(&engine, org, id, permission, of).await.answer,
                Answer::No,
                "{} {permission}",
                fixture.name()
            );
        }
        // Texts that would be one key if they were joined.
        let joined = Subject { issuer: "https://id.example|anna".to_owned(), subject: String::new() };
        assert_eq!(asks(&engine, A, "1", "view", &joined).await.answer, Answer::No);
    }
}

/// An engine whose answer is of an epoch before.
struct Late(SqlEngine);

impl PermissionEngine for Late {
    fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
        Box::pin(async move {
            let decision = PermissionEngine::check(&self.0, question).await?;
            Ok(Decision { epoch: decision.epoch.map(|epoch| epoch - 1), ..decision })
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_another_epoch_or_for_longer_than_its_time() {
    for fixture in both(MODEL, plain).await {
        let anna = person("anna");
        fixture.give(Some(A), &[&format!("invoice:1#author@user:{}", subject_id(&anna))]).await;
        let late = CachedEngine::new(Late(fixture.engine.clone()), fixture.engine.clone(), 100);
        let old = CachedEngine::new(fixture.engine.clone(), fixture.engine.clone(), 100).max_age(Duration::ZERO);
        for _ in 0..3 {
            let _ = asks(&late, A, "1", "view", &anna).await;
            assert_eq!(asks(&old, A, "1", "view", &anna).await.answer, Answer::Yes);
        }
        let nothing = |counts: CacheCounts| (counts.hits, counts.misses) == (0, 3);
        assert!(nothing(late.counts()) && nothing(old.counts()));
    }
}
