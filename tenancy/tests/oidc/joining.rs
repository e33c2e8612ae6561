//! Who becomes a member of an organization of ours by signing in: nobody, unless a rule and the directory say so.

use crate::gateway::outside::Open;
use crate::gateway::world::{ACME, BRAVO, World, signed_in, subject};
use crate::oidc::liar::{CLIENT, Liar, signed};
use crate::oidc::real::{self, Real};
use crate::oidc::zitadel::{PROJECT, ROLES, at};
use serde_json::{Value, json};
use tenancy::OrgId;
use tenancy::scope::{Subject, Tier};
use tenancy_gateway::oidc::{
    Candidate, JoinRule, JoinRuleError, LoginRequest, OidcClient, ProviderOrganization, SignIn,
};
use tenancy_gateway::{Directory, OrganizationState, RejectionReason, Session};

on_both!(
    a_role_makes_a_member_where_it_was_given_and_nowhere_else,
    without_a_rule_nobody_becomes_a_member,
    an_organization_that_is_not_linked_is_nothing,
    the_same_id_at_another_issuer_is_another_organization,
    a_rule_is_of_one_issuer,
    suspended_and_closed_organizations_take_nobody_in,
    a_disabled_user_becomes_no_member,
    staff_join_nothing_by_a_rule,
    who_was_removed_stays_out,
    a_membership_that_is_there_is_neither_changed_nor_ended,
    the_role_that_was_said_first_counts,
    roles_in_more_organizations_than_a_rule_looks_at,
    a_removal_that_is_being_written_is_waited_for,
    a_removal_beside_a_sign_in_never_leaves_a_member,
    of_two_sign_ins_at_once_one_makes_the_member,
    nobody_becomes_a_member_without_a_line,
    roles_at_the_certified_provider,
);

fn linked(issuer: &str, id: &str) -> Candidate {
    Candidate::new(issuer, ProviderOrganization::parse(id).unwrap())
}

/// A provider with Zitadel's claims, of which `1` is linked to Acme and `2` to Bravo.
struct Provider {
    liar: Liar,
    client: OidcClient,
}

impl Provider {
    async fn of(world: &World) -> Provider {
        let provider = Provider::unlinked().await;
        let directory = world.gateway.directory("operator");
        for (id, ours) in [("1", ACME), ("2", BRAVO)] {
            directory.link_organization(&linked(&provider.liar.issuer, id), ours).await.unwrap();
        }
        provider
    }

    async fn unlinked() -> Provider {
        let liar = Liar::start().await;
        let client = at(&liar).await;
        Provider { liar, client }
    }

    /// A verified sign-in of somebody with these roles.
    async fn proves(&self, name: &str, roles: Value) -> SignIn {
        let sign_in = self.liar.sign_in_at(&self.client, LoginRequest::default(), |mut claims| {
            claims["sub"] = name.into();
            claims["aud"] = json!([CLIENT, PROJECT]);
            claims["azp"] = CLIENT.into();
            claims[ROLES] = roles;
            signed(&claims)
        });
        sign_in.await.unwrap()
    }

    fn user(&self, name: &str) -> Subject {
        Subject { issuer: self.liar.issuer.clone(), subject: name.to_owned() }
    }

    /// Clerks become members, and nobody else.
    fn clerks(&self) -> JoinRule {
        JoinRule::at(&self.liar.issuer).role("clerk", Tier::Org).unwrap()
    }
}

async fn enter(world: &World, sign_in: &SignIn, rule: &JoinRule) -> Session {
    world.gateway.sessions().sign_in_joining(sign_in, rule, None, None).await.unwrap().0
}

async fn organizations(directory: &Directory, session: &Session) -> Vec<(OrgId, Tier)> {
    let memberships = directory.memberships(session).await.unwrap();
    memberships.into_iter().map(|membership| (membership.org, membership.tier)).collect()
}

/// The lines that rules left, each with its organization.
async fn joined(world: &World) -> Vec<String> {
    let lines = "a.event || ':' || a.reason || ':' || a.actor || ':' || o.slug AS TEXT) AS text FROM gateway_audit a \
                 JOIN gateway_organizations o ON o.id = a.org_id WHERE a.event = 'member joined by rule' ORDER BY a.id";
    world.texts(lines).await
}

const LINE: &str = "member joined by rule:clerk:join rule:acme";

/// 2: and the session acts for it at once, as for any only organization.
async fn a_role_makes_a_member_where_it_was_given_and_nowhere_else(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("tests"));
    let roles = json!({ "clerk": { "1": "acme.test" }, "boss": { "2": "bravo.test" } });
    let sign_in = provider.proves("dora", roles).await;
    let sessions = world.gateway.sessions();
    let (session, cookie) = sessions.sign_in_joining(&sign_in, &provider.clerks(), None, None).await.unwrap();
    assert_eq!(session.organization(), Some(ACME));
    assert_eq!(organizations(&directory, &session).await, [(ACME, Tier::Org)]);
    let mut browser = world.stranger();
    browser.take(&cookie);
    browser.get("/invoices").await.is(200, "acme-1");
    browser.get("/o/bravo/invoices").await.is(404, "Not Found");
    assert_eq!(joined(&world).await, [LINE]);
    // Again: there is nothing more to do, and nothing more is written.
    enter(&world, &sign_in, &provider.clerks()).await;
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (5, 1));
    // Somebody of the other organization is that one's alone.
    let other = provider.proves("emil", json!({ "clerk": { "2": "bravo.test" } })).await;
    assert_eq!(enter(&world, &other, &provider.clerks()).await.organization(), Some(BRAVO));
}

async fn without_a_rule_nobody_becomes_a_member(world: World) {
    let provider = Provider::of(&world).await;
    let sign_in = provider.proves("dora", json!({ "clerk": { "1": "x", "2": "x" }, "owner": { "1": "x" } })).await;
    drop(world.gateway.sessions().sign_in(&sign_in.signed_in, None, None).await.unwrap());
    let rules = [
        JoinRule::at(&provider.liar.issuer),
        JoinRule::at(&provider.liar.issuer).role("Clerk", Tier::Org).unwrap().role("cler", Tier::Org).unwrap(),
    ];
    for rule in rules {
        assert_eq!(enter(&world, &sign_in, &rule).await.organization(), None);
    }
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (4, 0));
    assert_eq!(JoinRule::at("x").role("staff", Tier::Platform), Err(JoinRuleError::Tier));
    for key in ["", "two words", "r\u{f4}le"] {
        assert_eq!(JoinRule::at("x").role(key, Tier::Org), Err(JoinRuleError::Role), "{key}");
    }
}

/// A claim that spells an organization of ours means one of the provider's.
async fn an_organization_that_is_not_linked_is_nothing(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("tests"));
    let (acme, bravo) = (ACME.to_string(), BRAVO.as_uuid().simple().to_string());
    let named = json!({ "clerk": { "3": "x", "acme": "acme", "bravo": "x", &acme: "x", &bravo: "1", "2": "1" } });
    let sign_in = provider.proves("dora", named).await;
    assert_eq!(
        organizations(&directory, &enter(&world, &sign_in, &provider.clerks()).await).await,
        [(BRAVO, Tier::Org)]
    );
    // What was linked and is no more takes nobody in; who is in stays.
    directory.unlink_organization(&linked(&provider.liar.issuer, "2")).await.unwrap();
    let late = provider.proves("emil", json!({ "clerk": { "2": "x" } })).await;
    assert_eq!(enter(&world, &late, &provider.clerks()).await.organization(), None);
    assert_eq!(enter(&world, &sign_in, &provider.clerks()).await.organization(), Some(BRAVO));
}

/// 48, 56: only the other provider's `1` is linked.
async fn the_same_id_at_another_issuer_is_another_organization(world: World) {
    let (provider, other) = (Provider::of(&world).await, Provider::unlinked().await);
    let sign_in = other.proves("dora", json!({ "clerk": { "1": "acme.test", "2": "x" } })).await;
    for rule in [other.clerks(), provider.clerks()] {
        assert_eq!(enter(&world, &sign_in, &rule).await.organization(), None);
    }
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (4, 0));
}

/// Both are linked; at one of them the role means something else.
async fn a_rule_is_of_one_issuer(world: World) {
    let (provider, other) = (Provider::of(&world).await, Provider::unlinked().await);
    let directory = world.gateway.directory("tests");
    directory.link_organization(&linked(&other.liar.issuer, "1"), BRAVO).await.unwrap();
    let sign_in = other.proves("dora", json!({ "clerk": { "1": "x" } })).await;
    assert_eq!(enter(&world, &sign_in, &provider.clerks()).await.organization(), None);
    assert_eq!(enter(&world, &sign_in, &other.clerks()).await.organization(), Some(BRAVO));
}

async fn suspended_and_closed_organizations_take_nobody_in(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("tests"));
    let sign_in = provider.proves("dora", json!({ "clerk": { "1": "x", "2": "x" } })).await;
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    directory.set_state(BRAVO, OrganizationState::Closed).await.unwrap();
    assert_eq!(organizations(&directory, &enter(&world, &sign_in, &provider.clerks()).await).await, []);
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (4, 0));
    directory.set_state(ACME, OrganizationState::Active).await.unwrap();
    assert_eq!(enter(&world, &sign_in, &provider.clerks()).await.organization(), Some(ACME));
}

async fn a_disabled_user_becomes_no_member(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("tests"));
    let sign_in = provider.proves("dora", json!({ "clerk": { "1": "x" } })).await;
    enter(&world, &sign_in, &JoinRule::at(&provider.liar.issuer)).await;
    directory.set_disabled(&provider.user("dora"), true).await.unwrap();
    let refused = world.gateway.sessions().sign_in_joining(&sign_in, &provider.clerks(), None, None).await;
    assert_eq!(refused.unwrap_err().reason(), RejectionReason::SignInRefused);
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (4, 0));
}

/// 83: staff of the platform hold a role in a customer's organization.
async fn staff_join_nothing_by_a_rule(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("tests"));
    let sign_in = provider.proves("sam", json!({ "clerk": { "1": "x", "2": "x" } })).await;
    directory.add_staff(&provider.user("sam")).await.unwrap();
    let session = enter(&world, &sign_in, &provider.clerks()).await;
    assert_eq!((session.organization(), session.entry().is_none()), (None, true));
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (4, 0));
    assert!(directory.is_staff(&provider.user("sam")).await.unwrap());
}

/// 81: whoever an administrator took out, however they had come in, is not let in again by the role that they still have.
async fn who_was_removed_stays_out(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("admin"));
    let (dora, emil) = (provider.user("dora"), provider.user("emil"));
    let roles = json!({ "clerk": { "1": "x", "2": "x" } });
    let (sign_in, other) = (provider.proves("dora", roles.clone()).await, provider.proves("emil", roles).await);
    enter(&world, &sign_in, &provider.clerks()).await;
    directory.add_member(&emil, ACME, Tier::Org).await.unwrap();
    for user in [&dora, &emil] {
        directory.remove_member(user, ACME).await.unwrap();
    }
    for sign_in in [&sign_in, &other, &sign_in] {
        let session = enter(&world, sign_in, &provider.clerks()).await;
        assert_eq!(organizations(&directory, &session).await, [(BRAVO, Tier::Org)]);
    }
    // Nor after the link was made anew, nor by another rule.
    let one = linked(&provider.liar.issuer, "1");
    directory.unlink_organization(&one).await.unwrap();
    directory.link_organization(&one, ACME).await.unwrap();
    let session = enter(&world, &sign_in, &provider.clerks().role("boss", Tier::Tenant).unwrap()).await;
    assert_eq!(session.organization(), Some(BRAVO));
    // The directory lets them in again; and out again they stay out.
    directory.add_member(&dora, ACME, Tier::Org).await.unwrap();
    assert_eq!(organizations(&directory, &session).await, [(ACME, Tier::Org), (BRAVO, Tier::Org)]);
    directory.remove_member(&dora, ACME).await.unwrap();
    assert_eq!(enter(&world, &sign_in, &provider.clerks()).await.organization(), Some(BRAVO));
}

/// What the directory said stands, also when the role is gone.
async fn a_membership_that_is_there_is_neither_changed_nor_ended(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("admin"));
    directory.add_member(&provider.user("dora"), ACME, Tier::Tenant).await.unwrap();
    let sign_in = provider.proves("dora", json!({ "clerk": { "1": "x", "2": "x" } })).await;
    let session = enter(&world, &sign_in, &provider.clerks()).await;
    let both = [(ACME, Tier::Tenant), (BRAVO, Tier::Org)];
    assert_eq!(organizations(&directory, &session).await, both);
    let without = provider.proves("dora", json!({})).await;
    let session = enter(&world, &without, &provider.clerks()).await;
    assert_eq!(organizations(&directory, &session).await, both);
    assert_eq!(joined(&world).await, ["member joined by rule:clerk:join rule:bravo"]);
}

/// Also where two of the provider's organizations are one of ours.
async fn the_role_that_was_said_first_counts(world: World) {
    let (provider, directory) = (Provider::of(&world).await, world.gateway.directory("admin"));
    directory.link_organization(&linked(&provider.liar.issuer, "0"), ACME).await.unwrap();
    let rule = JoinRule::at(&provider.liar.issuer).role("boss", Tier::Tenant).unwrap();
    let rule = rule.role("clerk", Tier::Org).unwrap();
    let roles = json!({ "clerk": { "0": "x", "2": "x" }, "boss": { "1": "x", "2": "x" } });
    let session = enter(&world, &provider.proves("dora", roles).await, &rule).await;
    assert_eq!(organizations(&directory, &session).await, [(ACME, Tier::Tenant), (BRAVO, Tier::Tenant)]);
    assert_eq!(joined(&world).await.len(), 2);
}

async fn roles_in_more_organizations_than_a_rule_looks_at(world: World) {
    let provider = Provider::of(&world).await;
    let roles = |count: usize| -> Value {
        let named = (1..=count).map(|id| (id.to_string(), json!("x")));
        json!({ "clerk": Value::Object(named.collect()) })
    };
    let many = provider.proves("dora", roles(101)).await;
    assert_eq!(enter(&world, &many, &provider.clerks()).await.organization(), None);
    assert_eq!(world.count("gateway_memberships").await, 4);
    enter(&world, &provider.proves("dora", roles(100)).await, &provider.clerks()).await;
    assert_eq!(world.count("gateway_memberships").await, 6);
}

/// An administrator's removal that another process has written and not yet committed. SQLite has one writer at a time anyway.
async fn a_removal_that_is_being_written_is_waited_for(world: World) {
    let provider = Provider::of(&world).await;
    let sign_in = provider.proves("dora", json!({ "clerk": { "1": "x" } })).await;
    enter(&world, &sign_in, &provider.clerks()).await;
    let which = "(SELECT id FROM gateway_users WHERE subject = 'dora')";
    let removal = format!(
        "UPDATE gateway_users SET epoch = epoch + 1 WHERE subject = 'dora';
         DELETE FROM gateway_memberships WHERE user_id = {which};
         INSERT INTO gateway_removed_members VALUES ({which}, '{ACME}', 0)"
    );
    let Some(open) = Open::after(&world.place, &removal).await else { return };
    let (sessions, rule) = (world.gateway.sessions(), provider.clerks());
    let entering = tokio::spawn(async move { sessions.sign_in_joining(&sign_in, &rule, None, None).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!entering.is_finished());
    open.commit().await;
    assert_eq!(entering.await.unwrap().unwrap().0.organization(), None);
    assert_eq!((world.count("gateway_memberships").await, joined(&world).await.len()), (4, 1));
}

/// Whichever comes first, the removal has the last word.
async fn a_removal_beside_a_sign_in_never_leaves_a_member(world: World) {
    let provider = Provider::of(&world).await;
    let (second, _) = world.second(tenancy_gateway::SessionKeys::new(crate::gateway::world::key('1'))).await;
    let (sign_in, rule) = (provider.proves("dora", json!({ "clerk": { "1": "x" } })).await, provider.clerks());
    let (user, directory) = (provider.user("dora"), world.gateway.directory("admin"));
    for round in 0..15 {
        world.execute("DELETE FROM gateway_removed_members").await;
        enter(&world, &sign_in, &rule).await;
        let (here, there) = (world.gateway.sessions(), second.sessions());
        let (one, removed, two) = tokio::join!(
            here.sign_in_joining(&sign_in, &rule, None, None),
            directory.remove_member(&user, ACME),
            there.sign_in_joining(&sign_in, &rule, None, None),
        );
        assert!(one.is_ok() && removed.is_ok() && two.is_ok(), "{one:?} {removed:?} {two:?}");
        assert_eq!(world.count("gateway_memberships").await, 4, "round {round}");
    }
}

/// In two processes, and an administrator beside them: whoever is first makes the member, with one line.
async fn of_two_sign_ins_at_once_one_makes_the_member(world: World) {
    let provider = Provider::of(&world).await;
    let (second, _) = world.second(tenancy_gateway::SessionKeys::new(crate::gateway::world::key('1'))).await;
    for round in 0..10 {
        let name = format!("user-{round}");
        let sign_in = provider.proves(&name, json!({ "clerk": { "1": "x" } })).await;
        // Known already: the first sign-in of all waits for another's anyway.
        enter(&world, &sign_in, &JoinRule::at(&provider.liar.issuer)).await;
        let (rule, user, directory) = (provider.clerks(), provider.user(&name), world.gateway.directory("admin"));
        let (here, there) = (world.gateway.sessions(), second.sessions());
        let (one, two, added) = tokio::join!(
            here.sign_in_joining(&sign_in, &rule, None, None),
            there.sign_in_joining(&sign_in, &rule, None, None),
            directory.add_member(&user, ACME, Tier::Org),
        );
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let by_rule = usize::from(added.is_err());
        let lines = format!(
            "gateway_audit a JOIN gateway_users u ON u.id = a.user_id AND u.subject = '{name}' \
             WHERE a.event = 'member joined by rule'"
        );
        assert_eq!(world.count(&lines).await, by_rule as u64, "round {round}");
    }
    assert_eq!(world.count("gateway_memberships").await, 14);
}

/// 84.
async fn nobody_becomes_a_member_without_a_line(world: World) {
    let provider = Provider::of(&world).await;
    let sign_in = provider.proves("dora", json!({ "clerk": { "1": "x" } })).await;
    world.execute("ALTER TABLE gateway_audit RENAME TO gone").await;
    let refused = world.gateway.sessions().sign_in_joining(&sign_in, &provider.clerks(), None, None).await;
    assert_eq!(refused.unwrap_err().reason(), RejectionReason::Unavailable);
    world.execute("ALTER TABLE gone RENAME TO gateway_audit").await;
    assert_eq!(world.count("gateway_memberships").await, 4);
    assert_eq!(world.count("gateway_users WHERE subject = 'dora'").await, 0);
    // A plain sign-in knows no rule, and members of our own are as they were.
    assert!(world.gateway.sessions().sign_in(&signed_in("alice"), None, None).await.is_ok());
    assert_eq!(world.sign_in("alice").await.0.subject(), &subject("alice"));
}

/// Its Bob has roles in two organizations of one project, and in a third of another's.
async fn roles_at_the_certified_provider(world: World) {
    let provider = Real::start();
    let client = provider.client().await;
    let bob = real::sign_in(&client, "bob").await;
    let (directory, issuer) = (world.gateway.directory("tests"), provider.issuer.as_str());
    let rule = JoinRule::at(issuer).role("clerk", Tier::Org).unwrap();
    assert_eq!(enter(&world, &bob, &rule).await.organization(), None, "nothing is linked");
    directory.link_organization(&linked("https://other.test", "100000000000000001"), ACME).await.unwrap();
    directory.link_organization(&linked(issuer, "100000000000000002"), BRAVO).await.unwrap();
    directory.link_organization(&linked(issuer, "100000000000000009"), ACME).await.unwrap();
    let session = enter(&world, &bob, &rule).await;
    assert_eq!(organizations(&directory, &session).await, [(BRAVO, Tier::Org)]);
    let carol = real::sign_in(&client, "carol").await;
    assert_eq!(enter(&world, &carol, &rule).await.organization(), None, "she has no roles");
}
