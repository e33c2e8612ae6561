//! Random lives: whatever happens in whatever order, a browser gets the rows that a few lines of a model say, or a refusal.

use crate::gateway::world::{ABSOLUTE, ACME, BRAVO, Browser, IDLE, START, World, subject};
use tenancy::OrgId;
use tenancy::scope::Tier;
use tenancy_gateway::OrganizationState;

on_both!(random_lives_follow_the_model);

const USERS: [&str; 3] = ["alice", "bob", "carol"];
const ORGS: [(OrgId, &str, &str); 2] = [(ACME, "acme", "acme-1"), (BRAVO, "bravo", "bravo-1")];

/// What the model knows of a browser's session.
#[derive(Clone, Copy)]
struct Life {
    user: usize,
    org: Option<usize>,
    began: u64,
    /// When the idle limit was last pushed on.
    seen: u64,
}

struct Model {
    member: [[bool; 2]; 3],
    active: [bool; 2],
    disabled: [bool; 3],
    now: u64,
    lives: Vec<Option<Life>>,
}

impl Model {
    fn begin(&mut self, user: usize) -> Option<Life> {
        let own: Vec<usize> = (0..2).filter(|org| self.member[user][*org] && self.active[*org]).collect();
        let org = if own.len() == 1 { Some(own[0]) } else { None };
        (!self.disabled[user]).then_some(Life { user, org, began: self.now, seen: self.now })
    }

    /// The session of a browser at a request, which pushes its idle limit on.
    fn live(&mut self, browser: usize) -> Option<Life> {
        let now = self.now;
        let life = self.lives[browser].as_mut()?;
        if now >= life.seen + IDLE || now >= life.began + ABSOLUTE {
            self.lives[browser] = None;
            return None;
        }
        if now - life.seen >= 60 {
            life.seen = now;
        }
        Some(*life)
    }

    fn end(&mut self, ends: impl Fn(&Life) -> bool) {
        for life in &mut self.lives {
            if life.as_ref().is_some_and(&ends) {
                *life = None;
            }
        }
    }

    fn may(&self, user: usize, org: usize) -> bool {
        self.member[user][org] && self.active[org]
    }
}

async fn random_lives_follow_the_model(world: World) {
    let mut dice = fastrand::Rng::with_seed(fastrand::u64(..));
    let seed = dice.get_seed();
    let mut model = Model {
        member: [[true, false], [false, true], [true, true]],
        active: [true; 2],
        disabled: [false; 3],
        now: START,
        lives: vec![None; 4],
    };
    let mut browsers: Vec<Browser> = (0..4).map(|_| world.stranger()).collect();
    for step in 0..250 {
        let at = dice.usize(..4);
        if dice.u8(..10) < 3 {
            change(&world, &mut model, &mut dice).await;
        } else {
            request(&world, &mut model, &mut browsers[at], at, &mut dice).await;
        }
        let expected = match model.live(at) {
            None => (401, "Unauthorized"),
            Some(life) => match life.org {
                Some(org) if model.may(life.user, org) => (200, ORGS[org].2),
                Some(_) => (404, "Not Found"),
                None => (409, "Conflict"),
            },
        };
        let answer = browsers[at].get("/invoices").await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), expected, "seed {seed}, step {step}");
    }
}

/// Something happens in the directory, or time passes.
async fn change(world: &World, model: &mut Model, dice: &mut fastrand::Rng) {
    let (user, org) = (dice.usize(..3), dice.usize(..2));
    let (who, which) = (subject(USERS[user]), ORGS[org].0);
    let directory = world.gateway.directory("model");
    match dice.u8(..6) {
        0 => {
            let seconds = dice.u64(1..IDLE + IDLE / 4);
            world.clock.advance(seconds);
            model.now += seconds;
        }
        1 if !model.member[user][org] => {
            directory.add_member(&who, which, Tier::Org).await.unwrap();
            model.member[user][org] = true;
        }
        1 => {
            directory.remove_member(&who, which).await.unwrap();
            model.member[user][org] = false;
            model.end(|life| life.user == user && life.org == Some(org));
        }
        2 => {
            let state = if model.active[org] { OrganizationState::Suspended } else { OrganizationState::Active };
            directory.set_state(which, state).await.unwrap();
            model.active[org] = !model.active[org];
        }
        3 => {
            directory.set_disabled(&who, !model.disabled[user]).await.unwrap();
            model.disabled[user] = !model.disabled[user];
            model.end(|life| life.user == user);
        }
        4 => {
            world.gateway.sessions().end_subject(&who).await.unwrap();
            model.end(|life| life.user == user);
        }
        _ => {
            world.gateway.sessions().end_organization(which, "model").await.unwrap();
            model.end(|life| life.org == Some(org));
        }
    }
}

/// A browser does something.
async fn request(world: &World, model: &mut Model, browser: &mut Browser, at: usize, dice: &mut fastrand::Rng) {
    match dice.u8(..6) {
        0 | 1 => {
            let user = dice.usize(..3);
            let signed = crate::gateway::world::signed_in(USERS[user]);
            let signed = world.gateway.sessions().sign_in(&signed, None, None).await;
            let life = model.begin(user);
            assert_eq!(signed.is_ok(), life.is_some());
            if let Ok((_, cookie)) = signed {
                browser.take(&cookie);
                model.lives[at] = life;
            }
        }
        2 if model.live(at).is_some() => {
            browser.post("/sign-out", "").await.is(200, "signed out");
            model.lives[at] = None;
        }
        3 if model.live(at).is_some() => {
            browser.post("/renew", "").await.is(200, "renewed");
            seen(model, at);
        }
        4 if model.live(at).is_some() => {
            let (org, life) = (dice.usize(..2), model.live(at).unwrap());
            let answer = browser.post("/switch", &format!("org={}", ORGS[org].1)).await;
            if model.may(life.user, org) {
                answer.is(200, "switched");
                seen(model, at);
                model.lives[at].as_mut().unwrap().org = Some(org);
            } else {
                answer.is(404, "Not Found");
            }
        }
        _ => {
            let org = dice.usize(..2);
            let expected = match model.live(at) {
                None => (401, "Unauthorized"),
                Some(life) if model.may(life.user, org) => (200, ORGS[org].2),
                Some(_) => (404, "Not Found"),
            };
            let answer = browser.get(&format!("/o/{}/invoices", ORGS[org].1)).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), expected);
        }
    }
}

/// A new id pushes the idle limit on by itself.
fn seen(model: &mut Model, at: usize) {
    model.lives[at].as_mut().unwrap().seen = model.now;
}
