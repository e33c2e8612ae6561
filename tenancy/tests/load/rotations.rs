//! What changes while requests run. Each waits for the requests that meet its change, and shows that the change is one.

use crate::client::Way;
use crate::site::Site;
use crate::world::{SESSIONS, World, session_key};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tenancy::db::seal::SealKey;
use tenancy_rls::keyring;

/// For how long the database believes an old sealing key.
const GRACE: Duration = Duration::from_secs(20);
/// Between two rotations of a kind.
const PAUSE: Duration = Duration::from_secs(2);
/// Between two rotations of the session keys: signing keys turn by themselves meanwhile, if their process lives for as long.
const LONG_PAUSE: Duration = Duration::from_secs(12);

/// Again and again for as long as `goes_on` says so, once at least. How often.
async fn repeated(world: &World, pause: Duration, goes_on: impl Fn() -> bool, mut rotate: impl AsyncFnMut(u64)) -> u64 {
    let mut count = 0;
    loop {
        count += 1;
        rotate(count).await;
        world.load.met().await;
        if !goes_on() {
            return count;
        }
        tokio::time::sleep(pause).await;
    }
}

/// Until the slowest rotation has been rotated for the last time.
fn until_the_last(world: &World) -> impl Fn() -> bool {
    || !world.load.last.load(Ordering::SeqCst)
}

/// The certificate. A connection that is open stays and goes on; a new one gets the new certificate.
pub(crate) async fn certificates(world: &World, site: &Site, way: &Way) -> u64 {
    let served = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM").to_vec();
    repeated(world, PAUSE, until_the_last(world), async |count| {
        let mut stays = world.sign_in(format!("stays-{count}"), way).await;
        stays.answered(&world.load, "GET", "/ledger", "").await.expect("an answer");
        let before = stays.certificate();
        let new = served(&World::new_certificate(site));
        world.load.until("the certificate is seen", || site.tls.changes() == count).await;
        assert_ne!(before, new);
        let asked = stays.answered(&world.load, "GET", "/ledger", "").await.expect("the connection stays");
        assert_eq!((asked.status, stays.certificate()), (200, before), "on the connection of before");
        let stream = way.connect().await.expect("a new connection");
        assert_eq!(stream.get_ref().1.peer_certificates().expect("it has one")[0].to_vec(), new);
    })
    .await
}

/// The sealing keys of wall two, as `tenancy keys rotate` does it: published, then given to the processes. In the end the
/// database knows the last one alone, and requests go on.
pub(crate) async fn sealing_keys(world: &World) -> u64 {
    let mut admin = world.wall.admin().await;
    let count = repeated(world, PAUSE, until_the_last(world), async |_| {
        let next = SealKey::generate().expect("there are random bytes");
        keyring::rotate(&mut admin, &next, GRACE).await.expect("it rotates");
        world.sealer.replace(&next);
        world.mounted.change(|held| held.seal = next.expose().to_string());
        let kid = || world.followed.get().expect("it is followed").kid().to_owned();
        world.load.until("the service has the key", || kid() == next.kid()).await;
    })
    .await;
    let mut forgotten = 0;
    while forgotten < count {
        world.load.met().await;
        forgotten += keyring::forget(&mut admin).await.expect("forgotten") as u64;
    }
    let left = keyring::list(&mut admin).await.expect("listed");
    let last = world.followed.get().expect("it is followed");
    assert_eq!(left.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), [last.kid()]);
    world.load.met().await;
    count
}

/// A secret in a mounted file: requests are answered with the new one.
pub(crate) async fn files(world: &World) -> u64 {
    repeated(world, PAUSE, until_the_last(world), async |count| {
        world.mounted.change(|held| held.number = count);
        world.load.until("answers have the number", || world.load.number.load(Ordering::SeqCst) == count).await;
    })
    .await
}

/// The session keys, as the guide says: all processes learn the next, then it is in use, both while they run. A process that
/// runs goes on understanding the old one; when sessions have new ids, others that never knew it take the places of all, and
/// their signing keys go with them.
pub(crate) async fn session_keys(world: &World, way: &Way, seconds: u64) -> u64 {
    let end = Instant::now() + Duration::from_secs(seconds);
    let count = repeated(world, LONG_PAUSE, || Instant::now() + LONG_PAUSE < end, async |count| {
        let mut left_behind = world.sign_in(format!("left-behind-{count}"), way).await;
        let signers = world.signers.seen();
        let sealed = sealed_under(world);
        assert_eq!(sealed.len(), 1, "tokens are sealed under the key in use");
        let (old, next) = (world.mounted.session_key(), session_key());
        world.balancer.session_keys(world, vec![old.clone(), next.clone()]).await;
        world.balancer.session_keys(world, vec![next.clone(), old]).await;

        assert_eq!(left_behind.answered(&world.load, "GET", "/own/ledger", "").await.expect("an answer").status, 200);
        world.load.generation.store(count, Ordering::SeqCst);
        let all = count * SESSIONS as u64;
        world.load.until("all have new ids", || world.load.renewed.load(Ordering::SeqCst) == all).await;
        world.balancer.session_keys(world, vec![next]).await;
        assert_eq!(left_behind.answered(&world.load, "GET", "/own/ledger", "").await.expect("an answer").status, 200);
        world.balancer.roll_out(world).await;
        // Who did not come in time has lost the session; everybody else goes on.
        assert_eq!(left_behind.answered(&world.load, "GET", "/own/ledger", "").await.expect("an answer").status, 401);
        world.tables.psql("DELETE FROM gateway_sessions WHERE user_id IN (SELECT id FROM gateway_users WHERE subject LIKE 'left%')");
        let now = sealed_under(world);
        assert!(now.len() == 1 && now != sealed, "tokens are sealed under the new key alone");
        old_signers_are_silent(world, signers.into_keys().collect()).await;
    })
    .await;
    // Keys turn by themselves too, where their process lives for long enough.
    let turned = || world.signers.seen().len() > world.balancer.started();
    world.load.until("a signing key turns by itself", turned).await;
    world.load.last.store(true, Ordering::SeqCst);
    count
}

/// The ids of the keys under which the tokens lie in the tables.
fn sealed_under(world: &World) -> Vec<String> {
    let sql = "SELECT DISTINCT encode(substring(token FROM 1 FOR 8), 'hex') FROM gateway_sessions, \
               unnest(ARRAY[sealed_refresh_token, sealed_id_token]) token \
               WHERE user_id IN (SELECT id FROM gateway_users WHERE subject LIKE 'user-%')";
    world.tables.psql(sql).lines().map(str::to_owned).collect()
}

/// Nothing is signed any more with the keys of processes that are gone.
async fn old_signers_are_silent(world: &World, old: Vec<String>) {
    let of_old = || {
        let seen = world.signers.seen();
        old.iter().map(|key| seen[key]).collect::<Vec<_>>()
    };
    let before = of_old();
    world.load.met().await;
    assert_eq!(of_old(), before);
}
