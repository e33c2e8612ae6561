//! I83: staff of the platform in a customer's organization, by an audited entry and in no other way.

use crate::gateway::world::{ACME, BRAVO, Browser, START, World, signed_in, subject, time};
use std::time::Duration;
use tenancy::OrgId;
use tenancy::scope::Tier;
use tenancy_gateway::{
    AccessRequest, DirectoryError, NotAMember, OrganizationState, RejectionReason, Session, VerifiedIdentity,
};
use uuid::Uuid;

on_both!(
    staff_read_for_a_reason_and_change_for_another,
    without_an_entry_staff_reach_nothing,
    an_entry_says_why_and_for_how_long,
    an_entry_asks_for_a_second_factor,
    an_old_proof_enters_nothing,
    a_member_enters_nothing_whatever_the_provider_says,
    unknown_suspended_and_closed_are_one_answer_to_staff,
    every_refused_entry_is_one_answer,
    an_entry_is_for_one_organization,
    the_id_changes_with_entering_and_leaving,
    staff_are_members_of_nothing,
    one_becomes_member_or_staff_and_never_both,
    becoming_staff_ends_what_was_begun,
    sessions_of_staff_are_short,
);

/// What a member of staff proved.
pub(crate) fn proved(name: &str) -> VerifiedIdentity {
    VerifiedIdentity { methods: vec!["pwd".to_owned(), "mfa".to_owned()], ..signed_in(name) }
}

/// Sam is of the staff, and signed in with two factors.
pub(crate) async fn sam(world: &World) -> (Session, Browser) {
    if !world.gateway.directory("tests").is_staff(&subject("sam")).await.unwrap() {
        world.gateway.directory("tests").add_staff(&subject("sam")).await.unwrap();
    }
    signed(world, &proved("sam")).await
}

pub(crate) async fn signed(world: &World, signed_in: &VerifiedIdentity) -> (Session, Browser) {
    let (session, cookie) = world.gateway.sessions().sign_in(signed_in, None, None).await.unwrap();
    let mut browser = world.stranger();
    browser.take(&cookie);
    (session, browser)
}

/// Sam, inside.
pub(crate) async fn entered(world: &World, org: &str, entry: AccessRequest) -> (Session, Browser) {
    let (session, mut browser) = sam(world).await;
    let (session, cookie) = world.gateway.sessions().enter(&session, &org.into(), entry).await.unwrap();
    browser.take(&cookie);
    (session, browser)
}

pub(crate) fn look() -> AccessRequest {
    AccessRequest::read_only("a customer called")
}

async fn refused(world: &World, session: &Session, org: &str, entry: AccessRequest) -> RejectionReason {
    world.gateway.sessions().enter(session, &org.into(), entry).await.unwrap_err().reason()
}

async fn staff_read_for_a_reason_and_change_for_another(world: World) {
    let (session, mut sam) = entered(&world, "acme", look().ticket("T-1")).await;
    assert_eq!((session.organization(), session.entry().unwrap().writes()), (Some(ACME), false));
    assert_eq!(session.entry().unwrap().until(), time(START + 900));
    sam.get("/invoices").await.is(200, "acme-1");
    sam.get("/actor").await.is(200, "sam platform reads");
    // 85.
    assert_eq!(sam.post("/invoices", "name=planted").await.status, 500);
    assert_eq!(world.count("invoices").await, 2);

    let (_, mut sam) = entered(&world, "bravo", AccessRequest::read_write("to mend")).await;
    sam.get("/actor").await.is(200, "sam platform writes");
    sam.post("/invoices", "name=mended").await.is(200, "added");
    let stored = "org_id AS TEXT) AS text FROM invoices WHERE name = 'mended'";
    assert_eq!(world.texts(stored).await, [BRAVO.to_string()]);
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    alice.get("/invoices").await.is(200, "acme-1");
    alice.get("/actor").await.is(200, "alice org");
    bob.get("/invoices").await.is(200, "bravo-1,mended");

    let said = "reason || ' ' || COALESCE(ticket, '-') || ' ' || writes || ' ' || (until - entered_at) AS TEXT) AS text \
                FROM gateway_entries ORDER BY writes";
    assert_eq!(world.texts(said).await, ["a customer called T-1 0 900", "to mend - 1 900"]);
    let lines = world.audited().await;
    let entry = session.entry().unwrap().id();
    assert_eq!(lines.iter().filter(|line| **line == format!("staff_grant:{entry}")).count(), 3, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| *line == "staff_enter").count(), 2, "{lines:?}");
    assert!(world.gateway.metrics().contains("event=\"staff_enter\"} 2\n"), "{}", world.gateway.metrics());
}

async fn without_an_entry_staff_reach_nothing(world: World) {
    let (session, mut sam) = sam(&world).await;
    assert_eq!(session.organization(), None);
    sam.get("/whoami").await.is(200, "sam");
    sam.get("/invoices").await.is(409, "Conflict");
    for org in ["acme", "bravo"] {
        sam.get(&format!("/o/{org}/invoices")).await.is(404, "Not Found");
        sam.post("/switch", &format!("org={org}")).await.is(404, "Not Found");
    }
    assert!(world.gateway.directory("pages").memberships(&session).await.unwrap().is_empty());
    assert_eq!(world.count("gateway_entries").await, 0);
}

/// 83.
async fn an_entry_says_why_and_for_how_long(world: World) {
    let (session, mut sam) = sam(&world).await;
    for reason in ["", "  ", "two\nlines", &"x".repeat(501)] {
        assert_eq!(
            refused(&world, &session, "acme", AccessRequest::read_only(reason)).await,
            RejectionReason::EntryReason
        );
    }
    assert_eq!(refused(&world, &session, "acme", look().ticket(" ")).await, RejectionReason::EntryReason);
    for seconds in [0, 3601] {
        let entry = look().duration(Duration::from_secs(seconds));
        assert_eq!(refused(&world, &session, "acme", entry).await, RejectionReason::EntryTime);
    }
    assert_eq!((world.refused(RejectionReason::EntryReason), world.refused(RejectionReason::EntryTime)), (5, 2));
    assert_eq!(world.audited().await.iter().filter(|line| line.starts_with("refusal:entry_")).count(), 7);
    sam.get("/invoices").await.is(409, "Conflict");
    assert_eq!(world.count("gateway_entries").await, 0);
    assert!(world.try_execute(&row(&world, START + 3601)).await.is_err(), "nor does the table hold a longer one");
}

/// An entry of Sam's first session into Acme, as the tables would hold it.
pub(crate) fn row(world: &World, until: u64) -> String {
    let id = if world.on_server() { "gen_random_uuid()" } else { "randomblob(16)" };
    format!(
        "INSERT INTO gateway_entries (id, session, user_id, org_id, writes, reason, entered_at, until) \
         SELECT {id}, s.handle, s.user_id, o.id, 1, 'forged', {START}, {until} FROM gateway_sessions s \
         JOIN gateway_users u ON u.id = s.user_id AND u.subject = 'sam', gateway_organizations o WHERE o.slug = 'acme'"
    )
}

/// 83: what counts is told to the gateway; a password alone, or one factor that is no password, is none.
async fn an_entry_asks_for_a_second_factor(world: World) {
    world.gateway.directory("tests").add_staff(&subject("sam")).await.unwrap();
    for methods in [&["pwd"][..], &["otp"], &["hwk", "pwd"], &[]] {
        let methods = methods.iter().map(|method| (*method).to_owned()).collect();
        let (session, _) = signed(&world, &VerifiedIdentity { methods, ..proved("sam") }).await;
        assert_eq!(refused(&world, &session, "acme", look()).await, RejectionReason::EntryProof);
    }
    let strong = world.like(|gateway| gateway.staff_assurance(["urn:two", "hwk"])).await;
    strong.gateway.directory("tests").add_staff(&subject("sam")).await.unwrap();
    let (session, _) = signed(&strong, &proved("sam")).await;
    assert_eq!(refused(&strong, &session, "acme", look()).await, RejectionReason::EntryProof);
    for (methods, assurance) in [(vec!["hwk".to_owned()], None), (Vec::new(), Some("urn:two".to_owned()))] {
        let (session, _) = signed(&strong, &VerifiedIdentity { methods, assurance, ..proved("sam") }).await;
        assert!(strong.gateway.sessions().enter(&session, &"acme".into(), look()).await.is_ok());
    }
    let unproven = world.like(|gateway| gateway.staff_assurance([""; 0])).await;
    let (session, _) = sam(&unproven).await;
    assert_eq!(refused(&unproven, &session, "acme", look()).await, RejectionReason::EntryProof);
}

/// 83: and a step-up lets the same session in.
async fn an_old_proof_enters_nothing(world: World) {
    let (session, _) = sam(&world).await;
    world.clock.advance(590);
    let (session, _) = world.gateway.sessions().renew(&session).await.unwrap();
    world.clock.advance(11);
    // By the database's time of the request, not by the time that the session was read first.
    let (session, _) = world.gateway.sessions().renew(&session).await.unwrap();
    assert_eq!(refused(&world, &session, "acme", look()).await, RejectionReason::EntryAge);
    let again = VerifiedIdentity { authenticated_at: Some(time(START + 601)), ..proved("sam") };
    let (session, _) = world.gateway.sessions().step_up(&session, &again).await.unwrap();
    assert!(world.gateway.sessions().enter(&session, &"acme".into(), look()).await.is_ok());

    let patient = world.like(|gateway| gateway.staff_proof_age(Duration::from_secs(5))).await;
    let (session, _) = self::sam(&patient).await;
    patient.clock.advance(6);
    let (session, _) = patient.gateway.sessions().renew(&session).await.unwrap();
    assert_eq!(refused(&patient, &session, "acme", look()).await, RejectionReason::EntryAge);
}

/// 83: a role of the same name in a customer's organization, the highest tier there, and the strongest proof make no staff.
async fn a_member_enters_nothing_whatever_the_provider_says(world: World) {
    world.gateway.directory("tests").set_tier(&subject("alice"), ACME, Tier::Tenant).await.unwrap();
    for name in ["alice", "carol", "nobody"] {
        let (session, mut browser) = signed(&world, &proved(name)).await;
        for org in ["acme", "bravo"] {
            assert_eq!(refused(&world, &session, org, look()).await, RejectionReason::NotStaff);
            assert_eq!(refused(&world, &session, org, AccessRequest::read_only("")).await, RejectionReason::NotStaff);
        }
        assert_eq!(world.gateway.sessions().leave(&session).await.unwrap_err().reason(), RejectionReason::NotStaff);
        assert_eq!(browser.get("/o/bravo/invoices").await.status, if name == "carol" { 200 } else { 404 });
    }
    assert_eq!(world.count("gateway_entries").await, 0);
}

async fn unknown_suspended_and_closed_are_one_answer_to_staff(world: World) {
    let directory = world.gateway.directory("operator");
    directory.set_state(BRAVO, OrganizationState::Suspended).await.unwrap();
    let closed = OrgId::new(Uuid::from_u128(0x52));
    directory.create_organization(closed, "closed").await.unwrap();
    directory.set_state(closed, OrganizationState::Closed).await.unwrap();
    let (session, _) = sam(&world).await;
    for org in ["bravo", "closed", "never-heard-of", "", "'", &BRAVO.to_string(), &Uuid::from_u128(0x99).to_string()] {
        assert_eq!(refused(&world, &session, org, look()).await, RejectionReason::EntryOrganization, "{org}");
    }
    assert_eq!(world.count("gateway_entries").await, 0);
    // The session is as it was.
    assert!(world.gateway.sessions().enter(&session, &ACME.to_string().into(), look()).await.is_ok());
}

/// Byte for byte: neither who is staff nor what is missing is told to a client.
async fn every_refused_entry_is_one_answer(world: World) {
    let (_, mut sam) = sam(&world).await;
    let (_, mut weak) = signed(&world, &signed_in("sam")).await;
    let mut alice = world.browser("alice").await;
    let answers = [
        sam.post("/enter", "org=acme&name=").await,
        sam.post("/enter", "org=never-heard-of&name=why").await,
        weak.post("/enter", "org=acme&name=why").await,
        alice.post("/enter", "org=bravo&name=why").await,
        alice.post("/enter", "org=acme&name=why").await,
    ];
    for answer in &answers {
        assert_eq!(
            (answer.status.as_u16(), &answer.headers, &answer.body),
            (404, &answers[0].headers, &answers[0].body)
        );
    }
    let forbidding = world.like(|gateway| gateway.not_a_member(NotAMember::Forbidden)).await;
    let (_, mut sam) = self::sam(&forbidding).await;
    sam.post("/enter", "org=acme&name=").await.is(403, "Forbidden");
    sam.post("/enter", "org=acme&name=why").await.is(200, "entered");
    // 82: not by a request that another page made.
    sam.post_with("/enter", "org=bravo&name=why").await.is(403, "Forbidden");
    sam.get("/invoices").await.is(200, "acme-1");
}

/// G38, 82: neither by a path nor by a form of another tab.
async fn an_entry_is_for_one_organization(world: World) {
    let (_, mut sam) = entered(&world, "acme", AccessRequest::read_write("to mend")).await;
    for wish in ["acme".to_owned(), ACME.to_string()] {
        sam.get(&format!("/o/{wish}/invoices")).await.is(200, "acme-1");
    }
    for wish in ["bravo".to_owned(), BRAVO.to_string(), "never-heard-of".to_owned()] {
        sam.get(&format!("/o/{wish}/invoices")).await.is(404, "Not Found");
        sam.post(&format!("/o/{wish}/invoices"), "name=planted").await.is(404, "Not Found");
    }
    sam.post("/expects", &format!("org={ACME}")).await.is(200, "as expected");
    sam.post("/expects", &format!("org={BRAVO}")).await.is(409, "Conflict");
    assert_eq!((world.count("invoices").await, world.refused(RejectionReason::NotAMember)), (2, 6));
}

/// 20.
async fn the_id_changes_with_entering_and_leaving(world: World) {
    let (session, mut sam) = sam(&world).await;
    let mut before = sam.copy();
    sam.post("/enter", "org=acme&name=why").await.is(200, "entered");
    before.get("/whoami").await.is(401, "Unauthorized");
    let mut inside = sam.copy();
    inside.get("/invoices").await.is(200, "acme-1");
    sam.post("/leave", "").await.is(200, "left");
    inside.get("/invoices").await.is(401, "Unauthorized");
    sam.get("/invoices").await.is(409, "Conflict");
    // An old session's value enters nothing any more.
    let late = world.gateway.sessions().enter(&session, &"acme".into(), look()).await.unwrap_err();
    assert_eq!(late.reason(), RejectionReason::DeadSession);
    // Once more is no error.
    sam.post("/leave", "").await.is(200, "left");
}

/// G30, 72.
async fn staff_are_members_of_nothing(world: World) {
    let directory = world.gateway.directory("operator");
    directory.add_staff(&subject("sam")).await.unwrap();
    for tier in [Tier::Org, Tier::Tenant] {
        let refused = directory.add_member(&subject("sam"), ACME, tier).await.unwrap_err();
        assert!(matches!(refused, DirectoryError::Tier), "{refused:?}");
    }
    let unknown = directory.add_member(&subject("dora"), OrgId::new(Uuid::from_u128(9)), Tier::Org).await.unwrap_err();
    assert!(matches!(unknown, DirectoryError::NothingToChange));
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    for member in ["alice", "carol", "bob"] {
        let refused = directory.add_staff(&subject(member)).await.unwrap_err();
        assert!(matches!(refused, DirectoryError::Tier), "{member}: {refused:?}");
        assert!(!directory.is_staff(&subject(member)).await.unwrap());
    }
    assert!(matches!(directory.add_staff(&subject("sam")).await, Err(DirectoryError::Taken)));
    for nobody in ["alice", "never-signed-in"] {
        assert!(matches!(directory.remove_staff(&subject(nobody)).await, Err(DirectoryError::NothingToChange)));
    }
    assert_eq!((world.count("gateway_memberships").await, world.count("gateway_staff").await), (4, 1));
    // Whoever was a member may be staff after that, and the other way round.
    directory.remove_member(&subject("bob"), BRAVO).await.unwrap();
    directory.add_staff(&subject("bob")).await.unwrap();
    directory.remove_staff(&subject("sam")).await.unwrap();
    directory.add_member(&subject("sam"), BRAVO, Tier::Org).await.unwrap();
}

/// Two administrators at once.
async fn one_becomes_member_or_staff_and_never_both(world: World) {
    let (one, two) = (world.gateway.directory("one"), world.gateway.directory("two"));
    for round in 0..20 {
        let dora = subject(&format!("dora-{round}"));
        let (staff, member) = tokio::join!(one.add_staff(&dora), two.add_member(&dora, ACME, Tier::Org));
        assert!(staff.is_ok() != member.is_ok(), "round {round}: {staff:?} {member:?}");
        let refused = staff.and(member).unwrap_err();
        assert!(matches!(refused, DirectoryError::Tier), "round {round}: {refused:?}");
    }
    let both = "gateway_staff t JOIN gateway_memberships m ON m.user_id = t.user_id";
    assert_eq!(world.count(both).await, 0);
}

/// Nobody's privileges change under an old id.
async fn becoming_staff_ends_what_was_begun(world: World) {
    let (_, mut sam) = signed(&world, &proved("sam")).await;
    sam.get("/whoami").await.is(200, "sam");
    world.gateway.directory("operator").add_staff(&subject("sam")).await.unwrap();
    sam.get("/whoami").await.is(401, "Unauthorized");
    assert!(world.audited().await.contains(&"staff added".to_owned()));
}

/// 10 min without a request and 1 h in all, whatever a member's session may.
async fn sessions_of_staff_are_short(world: World) {
    let (_, mut sam) = sam(&world).await;
    let mut alice = world.browser("alice").await;
    for _ in 0..6 {
        world.clock.advance(590);
        sam.get("/whoami").await.is(200, "sam");
        alice.get("/whoami").await.is(200, "alice");
    }
    world.clock.advance(60);
    sam.get("/whoami").await.is(401, "Unauthorized");
    alice.get("/whoami").await.is(200, "alice");
    let (_, mut sam) = self::sam(&world).await;
    world.clock.advance(600);
    sam.get("/whoami").await.is(401, "Unauthorized");
    alice.get("/whoami").await.is(200, "alice");
    // Nor do they outlive members' where those are shorter.
    let short = world.like(|gateway| gateway.idle_timeout(Duration::from_secs(120))).await;
    let (_, mut sam) = self::sam(&short).await;
    short.clock.advance(120);
    sam.get("/whoami").await.is(401, "Unauthorized");
}
