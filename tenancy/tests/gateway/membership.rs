//! A2, I: which organization a session may act for, and what is answered when it may not.

use crate::gateway::world::{ACME, BRAVO, World, signed_in, subject};
use axum::http::HeaderMap;
use tenancy::OrgId;
use tenancy::scope::{Subject, Tier};
use tenancy_gateway::{DirectoryError, NotAMember, OrganizationState, RejectionReason};
use uuid::Uuid;

on_both!(
    each_member_sees_its_own_organization,
    a_wish_in_the_path_is_checked,
    unknown_foreign_suspended_and_closed_are_one_answer,
    the_answer_may_be_forbidden_instead,
    an_organization_is_never_chosen_silently_among_several,
    switching_asks_the_directory_and_changes_the_id,
    a_form_of_the_other_tab_does_nothing,
    a_removed_member_is_out_at_the_next_request,
    a_membership_that_is_gone_from_its_table_is_gone,
    suspension_takes_effect_at_the_next_request_and_ends_with_it,
    a_closed_organization_keeps_its_name,
    the_same_subject_at_two_issuers_is_two_users,
    a_sign_in_makes_nobody_a_member,
    the_directory_refuses_what_makes_no_sense,
    strange_wishes_find_nothing,
    a_changed_membership_raises_the_epochs_that_grants_carry,
    changes_of_one_member_wait_for_each_other,
);

async fn each_member_sees_its_own_organization(world: World) {
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    alice.get("/invoices").await.is(200, "acme-1");
    bob.get("/invoices").await.is(200, "bravo-1");
    alice.post("/invoices", "name=acme-2").await.is(200, "added");
    bob.get("/invoices").await.is(200, "bravo-1");
    alice.get("/invoices").await.is(200, "acme-1,acme-2");
    let stored = "org_id AS TEXT) AS text FROM invoices WHERE name = 'acme-2'";
    assert_eq!(world.texts(stored).await, [ACME.to_string()]);
    assert!(world.gateway.metrics().contains("event=\"mint\"} 5\n"), "{}", world.gateway.metrics());
}

/// 2: a slug or an id in the path is a wish; being a member decides.
async fn a_wish_in_the_path_is_checked(world: World) {
    let (mut alice, mut carol) = (world.browser("alice").await, world.browser("carol").await);
    for wish in ["acme".to_owned(), ACME.to_string()] {
        alice.get(&format!("/o/{wish}/invoices")).await.is(200, "acme-1");
        carol.get(&format!("/o/{wish}/invoices")).await.is(200, "acme-1");
    }
    for wish in ["bravo".to_owned(), BRAVO.to_string()] {
        carol.get(&format!("/o/{wish}/invoices")).await.is(200, "bravo-1");
        alice.get(&format!("/o/{wish}/invoices")).await.is(404, "Not Found");
        alice.post(&format!("/o/{wish}/invoices"), "name=mine").await.is(404, "Not Found");
    }
    assert_eq!(world.count("invoices").await, 2);
    assert_eq!(world.refused(RejectionReason::NotAMember), 4);
    assert_eq!(world.audited().await.iter().filter(|line| *line == "refusal:not_a_member").count(), 4);
    // The wish selects for its own request only.
    alice.get("/invoices").await.is(200, "acme-1");
}

/// 80: byte for byte, by path and by switch; I13: by the same statement.
async fn unknown_foreign_suspended_and_closed_are_one_answer(world: World) {
    let directory = world.gateway.directory("admin");
    let (suspended, closed) = (org(0x51), org(0x52));
    for (id, slug) in [(suspended, "suspended"), (closed, "closed")] {
        directory.create_organization(id, slug).await.unwrap();
        directory.add_member(&subject("alice"), id, Tier::Org).await.unwrap();
    }
    let mut alice = world.browser("alice").await;
    alice.post("/switch", "org=acme").await.is(200, "switched");
    directory.set_state(suspended, OrganizationState::Suspended).await.unwrap();
    directory.set_state(closed, OrganizationState::Closed).await.unwrap();
    let mut answers = Vec::new();
    for wish in
        ["bravo", "suspended", "closed", "never-heard-of", &BRAVO.to_string(), &org(0x99).to_string(), "%F0%9F%92%A9"]
    {
        let answer = alice.get(&format!("/o/{wish}/invoices")).await;
        let switched = alice.post("/switch", &format!("org={wish}")).await;
        for answer in [answer, switched] {
            assert!(answer.headers.iter().all(|(_, value)| !value.to_str().unwrap().contains("0000")), "{answer:?}");
            answers.push((answer.status, plain(answer.headers), answer.body));
        }
    }
    assert_eq!(answers[0].0, 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    alice.get("/invoices").await.is(200, "acme-1");
}

fn plain(headers: HeaderMap) -> Vec<(String, String)> {
    let plain = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
    headers.iter().map(|(name, value)| (name.to_string(), plain(value))).collect()
}

fn org(number: u128) -> OrgId {
    OrgId::new(Uuid::from_u128(number))
}

async fn the_answer_may_be_forbidden_instead(world: World) {
    let world = world.like(|gateway| gateway.not_a_member(NotAMember::Forbidden)).await;
    let mut alice = world.browser("alice").await;
    for wish in ["bravo", "never-heard-of"] {
        alice.get(&format!("/o/{wish}/invoices")).await.is(403, "Forbidden");
    }
}

/// G38.
async fn an_organization_is_never_chosen_silently_among_several(world: World) {
    let mut carol = world.browser("carol").await;
    carol.get("/invoices").await.is(409, "Conflict");
    carol.get("/whoami").await.is(200, "carol");
    assert_eq!(world.refused(RejectionReason::NoOrganization), 1);
    let (session, _) = world.sign_in("carol").await;
    assert_eq!(session.organization(), None);
    let own = world.gateway.directory("pages").memberships(&session).await.unwrap();
    assert_eq!(
        own.iter().map(|one| (one.org, one.slug.as_str())).collect::<Vec<_>>(),
        [(ACME, "acme"), (BRAVO, "bravo")]
    );
    assert_eq!(world.sign_in("alice").await.0.organization(), Some(ACME));
}

/// 20, 80, 82.
async fn switching_asks_the_directory_and_changes_the_id(world: World) {
    let mut carol = world.browser("carol").await;
    for (wish, rows) in [("acme", "acme-1"), (&BRAVO.to_string(), "bravo-1"), ("acme", "acme-1")] {
        let before = carol.cookie.clone();
        carol.post("/switch", &format!("org={wish}")).await.is(200, "switched");
        assert_ne!(carol.cookie, before);
        carol.get("/invoices").await.is(200, rows);
    }
    let mut alice = world.browser("alice").await;
    let before = alice.cookie.clone();
    alice.post("/switch", "org=bravo").await.is(404, "Not Found");
    assert_eq!(alice.cookie, before, "a refused switch changes nothing");
    alice.get("/invoices").await.is(200, "acme-1");
    // 82: without the form's token nothing is switched.
    alice.post_with("/switch", "org=acme").await.is(403, "Forbidden");
}

/// 82: two tabs in two organizations; the form that was rendered in the first is sent after the second switched.
async fn a_form_of_the_other_tab_does_nothing(world: World) {
    let mut carol = world.browser("carol").await;
    carol.post("/switch", "org=acme").await.is(200, "switched");
    carol.post("/expects", &format!("org={ACME}")).await.is(200, "as expected");
    carol.post("/switch", "org=bravo").await.is(200, "switched");
    carol.post("/expects", &format!("org={ACME}")).await.is(409, "Conflict");
    carol.post("/expects", "org=nonsense").await.is(409, "Conflict");
    assert_eq!(world.refused(RejectionReason::OtherOrganization), 2);
}

/// 32: a row that was deleted by hand, while the organization has other members, and the session none that was ended.
async fn a_membership_that_is_gone_from_its_table_is_gone(world: World) {
    let (mut alice, mut carol) = (world.browser("alice").await, world.browser("carol").await);
    alice.get("/invoices").await.is(200, "acme-1");
    let row = "FROM gateway_memberships WHERE user_id = (SELECT id FROM gateway_users WHERE subject = 'alice')";
    world.execute(&format!("DELETE {row}")).await;
    for path in ["/invoices", "/o/acme/invoices", &format!("/o/{ACME}/invoices")] {
        alice.get(path).await.is(404, "Not Found");
    }
    alice.post("/switch", "org=acme").await.is(404, "Not Found");
    alice.get("/whoami").await.is(200, "alice");
    carol.get("/o/acme/invoices").await.is(200, "acme-1");
}

/// 32, 81 (7.4.2): also when the session was in the organization, also by path.
async fn a_removed_member_is_out_at_the_next_request(world: World) {
    let directory = world.gateway.directory("admin");
    let (mut alice, mut carol) = (world.browser("alice").await, world.browser("carol").await);
    carol.get("/o/acme/invoices").await.is(200, "acme-1");
    directory.remove_member(&subject("alice"), ACME).await.unwrap();
    directory.remove_member(&subject("carol"), ACME).await.unwrap();
    alice.get("/invoices").await.is(401, "Unauthorized");
    carol.get("/o/acme/invoices").await.is(404, "Not Found");
    carol.get("/o/bravo/invoices").await.is(200, "bravo-1");
    // Whoever is let in again begins again.
    directory.add_member(&subject("alice"), ACME, Tier::Org).await.unwrap();
    alice.get("/invoices").await.is(401, "Unauthorized");
    // Without the session's end the membership alone decides.
    let mut alice = world.browser("alice").await;
    world.execute("DELETE FROM gateway_memberships").await;
    alice.get("/invoices").await.is(404, "Not Found");
    alice.get("/whoami").await.is(200, "alice");
}

/// K09.
async fn suspension_takes_effect_at_the_next_request_and_ends_with_it(world: World) {
    let directory = world.gateway.directory("operator");
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    alice.get("/invoices").await.is(404, "Not Found");
    alice.get("/o/acme/invoices").await.is(404, "Not Found");
    bob.get("/invoices").await.is(200, "bravo-1");
    assert_eq!(world.sign_in("alice").await.0.organization(), None);
    // It is offered to nobody meanwhile: who is a member of two has one.
    let (carol, _) = world.sign_in("carol").await;
    let offered = directory.memberships(&carol).await.unwrap();
    assert_eq!((offered.len(), offered[0].org, carol.organization()), (1, BRAVO, Some(BRAVO)));
    directory.set_state(ACME, OrganizationState::Active).await.unwrap();
    alice.get("/invoices").await.is(200, "acme-1");
    let twice = directory.set_state(ACME, OrganizationState::Active).await.unwrap_err();
    assert!(matches!(twice, DirectoryError::NothingToChange));
}

/// K01, K02: neither id nor slug is given to another, and there is no way back.
async fn a_closed_organization_keeps_its_name(world: World) {
    let directory = world.gateway.directory("operator");
    directory.set_state(ACME, OrganizationState::Closed).await.unwrap();
    for (id, slug) in [(org(0x77), "acme"), (ACME, "acme-two")] {
        let taken = directory.create_organization(id, slug).await.unwrap_err();
        assert!(matches!(taken, DirectoryError::Taken), "{taken:?}");
    }
    for state in [OrganizationState::Active, OrganizationState::Suspended, OrganizationState::Closed] {
        let refused = directory.set_state(ACME, state).await.unwrap_err();
        assert!(matches!(refused, DirectoryError::NothingToChange), "{refused:?}");
    }
    let refused = directory.add_member(&subject("bob"), ACME, Tier::Org).await.unwrap_err();
    assert!(matches!(refused, DirectoryError::NothingToChange));
}

/// 48.
async fn the_same_subject_at_two_issuers_is_two_users(world: World) {
    for issuer in ["https://id.test/", "https://ID.test", "https://other.test"] {
        let mut signed = signed_in("alice");
        signed.issuer = issuer.to_owned();
        let (session, cookie) = world.gateway.sessions().sign_in(&signed, None, None).await.unwrap();
        assert_eq!((session.organization(), session.subject().issuer.as_str()), (None, issuer));
        let mut browser = world.stranger();
        browser.take(&cookie);
        browser.get("/invoices").await.is(409, "Conflict");
        browser.get("/o/acme/invoices").await.is(404, "Not Found");
    }
}

async fn a_sign_in_makes_nobody_a_member(world: World) {
    let memberships = world.count("gateway_memberships").await;
    let mut newcomer = world.browser("dora").await;
    newcomer.get("/whoami").await.is(200, "dora");
    newcomer.get("/invoices").await.is(409, "Conflict");
    newcomer.get("/o/acme/invoices").await.is(404, "Not Found");
    newcomer.post("/switch", "org=acme").await.is(404, "Not Found");
    assert_eq!(world.count("gateway_memberships").await, memberships);
}

/// G30, 72: staff of the platform are no members; a slug that looks like an id would mean two organizations.
async fn the_directory_refuses_what_makes_no_sense(world: World) {
    let directory = world.gateway.directory("operator");
    let long = "x".repeat(64);
    let like_an_id = BRAVO.to_string();
    for slug in ["", "Acme", "a b", "-a", "a-", "a/b", "ä", "a\0", &long, &like_an_id, &like_an_id.replace('-', "")] {
        let refused = directory.create_organization(org(0x60), slug).await.unwrap_err();
        assert!(matches!(refused, DirectoryError::Slug), "{slug}");
    }
    let alice = subject("alice");
    assert!(matches!(directory.add_member(&alice, BRAVO, Tier::Platform).await, Err(DirectoryError::Tier)));
    assert!(matches!(directory.set_tier(&alice, ACME, Tier::Platform).await, Err(DirectoryError::Tier)));
    assert!(matches!(directory.add_member(&alice, ACME, Tier::Org).await, Err(DirectoryError::Taken)));
    assert!(matches!(directory.add_member(&alice, org(0x60), Tier::Org).await, Err(DirectoryError::NothingToChange)));
    assert!(matches!(directory.remove_member(&alice, BRAVO).await, Err(DirectoryError::NothingToChange)));
    assert!(matches!(directory.set_tier(&alice, ACME, Tier::Org).await, Err(DirectoryError::NothingToChange)));
    let unknown = Subject { issuer: "https://id.test".to_owned(), subject: "unknown".to_owned() };
    assert!(matches!(directory.set_disabled(&unknown, true).await, Err(DirectoryError::NothingToChange)));
    // What was refused left no line and no row.
    assert_eq!(world.count("gateway_memberships").await, 4);
    assert_eq!(world.audited().await.len(), 6, "two organizations, four members");
}

/// 2: whatever stands in the path, it means an organization of the user's or none, and never the database's error.
async fn strange_wishes_find_nothing(world: World) {
    let mut alice = world.browser("alice").await;
    for wish in [
        "'",
        "%27%20OR%201=1--",
        "ACME",
        "acme%20",
        "acme%2520x",
        "*",
        "%25",
        "null",
        "%E2%80%AEacme",
        "-",
        "0",
        &"a".repeat(4000),
    ] {
        let answer = alice.get(&format!("/o/{wish}/invoices")).await;
        assert!(answer.status == 404 || answer.status == 400, "{wish}: {answer:?}");
    }
    assert_eq!(world.refused(RejectionReason::Unavailable), 0);
    // A UUID may be written in several ways; it is the same organization.
    for same in [ACME.to_string().to_uppercase(), ACME.as_uuid().simple().to_string()] {
        alice.get(&format!("/o/{same}/invoices")).await.is(200, "acme-1");
    }
}

/// 71: the epochs that a scope carries, for the comparison in the transaction.
async fn a_changed_membership_raises_the_epochs_that_grants_carry(world: World) {
    let directory = world.gateway.directory("admin");
    let epochs = async || {
        let users = world.texts("epoch AS TEXT) AS text FROM gateway_users WHERE subject = 'carol'").await;
        let orgs = world.texts("epoch AS TEXT) AS text FROM gateway_organizations WHERE slug = 'bravo'").await;
        (users[0].clone(), orgs[0].clone())
    };
    let seen = |user: &str, org: &str| (user.to_owned(), org.to_owned());
    assert_eq!(epochs().await, seen("1", "1"));
    directory.set_tier(&subject("carol"), BRAVO, Tier::Tenant).await.unwrap();
    assert_eq!(epochs().await, seen("2", "1"));
    directory.set_state(BRAVO, OrganizationState::Suspended).await.unwrap();
    assert_eq!(epochs().await, seen("2", "2"));
    directory.remove_member(&subject("carol"), BRAVO).await.unwrap();
    assert_eq!(epochs().await, seen("3", "2"));
    let (mut alice, before) = (world.browser("alice").await, epochs().await);
    alice.get("/invoices").await.is(200, "acme-1");
    assert_eq!(epochs().await, before, "nothing rises by being read");
}

/// Two administrators at once: one after the other, and no deadlock, which would be an error of the database.
async fn changes_of_one_member_wait_for_each_other(world: World) {
    let (one, two) = (world.gateway.directory("one"), world.gateway.directory("two"));
    let carol = subject("carol");
    for round in 0..20 {
        let (removed, added) = tokio::join!(one.remove_member(&carol, ACME), two.add_member(&carol, ACME, Tier::Org));
        assert!(removed.is_ok(), "round {round}: {removed:?}");
        match added {
            Ok(()) => {}
            Err(DirectoryError::Taken) => two.add_member(&carol, ACME, Tier::Org).await.unwrap(),
            Err(other) => panic!("round {round}: {other:?}"),
        }
    }
    assert_eq!(world.count("gateway_memberships").await, 4);
}
