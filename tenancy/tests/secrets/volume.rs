//! A mounted volume that Kubernetes swaps, and files that change.

use crate::support::folder::{Folder, until};
use crate::support::log::{self, Log};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tenancy_secrets::{Change, FileSource, Scheme, SecretRef, Secrets, SourceError, Watched};

/// Only events tell of changes.
fn events_only() -> Secrets {
    Secrets::new().with(Scheme::File, FileSource::polling(Duration::from_secs(3600)))
}

fn text(values: &[SecretString]) -> Result<String, &'static str> {
    let value = values.iter().map(|value| value.expose_secret()).collect::<Vec<_>>().join("+");
    if value.contains("unfit") { Err("it says so itself") } else { Ok(value) }
}

async fn watch(secrets: &Secrets, references: &[SecretRef]) -> Watched<String> {
    secrets.watch(references, text).await.expect("it is read")
}

fn is(watched: &Watched<String>, value: &str) -> bool {
    *watched.get().expect("it is never stale") == value
}

#[tokio::test]
async fn ten_swaps_are_ten_changes_without_waiting_for_the_poll() {
    let volume = Folder::new();
    volume.swap(0, &[("key", "generation-0", 0o440)]);
    let watched = watch(&events_only(), &[volume.reference("key")]).await;
    for generation in 1..=10 {
        let value = format!("generation-{generation}");
        volume.swap(generation, &[("key", &value, 0o440)]);
        let took = until("the swap is seen", || is(&watched, &value)).await;
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    assert_eq!(watched.changes(), 10);
}

/// 300 swaps while another thread reads: a certificate never meets the key of another generation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pair_is_never_torn() {
    let volume = Arc::new(Folder::new());
    let files = |generation: u32| (format!("certificate-{generation}"), format!("key-{generation}"));
    let swap = move |volume: &Folder, generation| {
        let (certificate, key) = files(generation);
        volume.swap(generation, &[("tls.crt", &certificate, 0o440), ("tls.key", &key, 0o440)]);
    };
    swap(&volume, 0);
    let references = [volume.reference("tls.crt"), volume.reference("tls.key")];
    let done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (volume, done) = (Arc::clone(&volume), Arc::clone(&done));
        std::thread::spawn(move || {
            (1..=300).for_each(|generation| swap(&volume, generation));
            done.store(true, Ordering::Relaxed);
        })
    };
    let (mut reads, mut generations) = (0, std::collections::BTreeSet::new());
    while !done.load(Ordering::Relaxed) {
        let pair = events_only().read_together(&references).await.expect("a swap refuses no reading");
        let [certificate, key] =
            [&pair[0], &pair[1]].map(|value| value.expose_secret().rsplit('-').next().map(str::to_owned));
        assert_eq!(certificate, key);
        generations.insert(key);
        reads += 1;
    }
    writer.join().expect("it wrote");
    assert!(reads > 20 && generations.len() > 10, "{reads} readings of {} generations", generations.len());
}

#[tokio::test]
async fn what_is_wrong_leaves_the_old_value_and_raises_an_alarm() {
    let volume = Folder::new();
    volume.swap(0, &[("key", "good-0", 0o440)]);
    let watched = watch(&events_only(), &[volume.reference("key")]).await;
    let wrong = [("", 0o440), ("changeme", 0o440), ("unfit", 0o440), ("stolen-1", 0o444)];
    for (generation, (value, mode)) in (1..).zip(wrong) {
        volume.swap(generation * 2, &[("key", value, mode)]);
        until("it is refused", || watched.is_failing()).await;
        assert!(is(&watched, &format!("good-{}", generation - 1)), "{value}");
        volume.swap(generation * 2 + 1, &[("key", &format!("good-{generation}"), 0o440)]);
        until("it is good again", || !watched.is_failing() && is(&watched, &format!("good-{generation}"))).await;
    }
    std::fs::remove_file(volume.path().join("..data")).expect("it is there");
    until("the volume is gone", || watched.is_failing()).await;
    assert!(is(&watched, "good-4"));
}

/// A service starts with a good secret or not at all.
#[tokio::test]
async fn watching_begins_with_a_good_value_or_not_at_all() {
    let folder = Folder::new();
    let first =
        async |reference: SecretRef| events_only().watch(&[reference], text).await.map(drop).expect_err("refused");
    assert_eq!(first(folder.reference("missing")).await.fault(), &SourceError::Missing);
    assert_eq!(first(folder.write("unfit", "unfit")).await.fault(), &SourceError::Unfit("it says so itself"));
    let world = folder.write_with("world", "9f86d081884c7d65", 0o644);
    assert_eq!(first(world).await.fault(), &SourceError::ReadableByOthers { mode: 0o644 });
    volume_that_anybody_reads().await;
}

async fn volume_that_anybody_reads() {
    // Kubernetes' default. The group is the pod's own, the world is not.
    let volume = Folder::new();
    volume.swap(0, &[("key", "generation-0", 0o644)]);
    let refused = events_only().read(&volume.reference("key")).await.expect_err("the world may read it");
    assert_eq!(refused.fault(), &SourceError::ReadableByOthers { mode: 0o644 });
    assert!(refused.to_string().contains("defaultMode: 0400"), "{refused}");
}

#[tokio::test]
async fn a_plain_file_is_followed_through_rewriting_and_renaming() {
    let folder = Folder::new();
    let reference = folder.write("key", "first-value");
    let watched = watch(&events_only(), std::slice::from_ref(&reference)).await;
    folder.write("key", "second-value");
    until("it was rewritten", || is(&watched, "second-value")).await;
    folder.write("key.new", "third-value");
    std::fs::rename(folder.path().join("key.new"), folder.path().join("key")).expect("renamed");
    until("it was replaced", || is(&watched, "third-value")).await;
    folder.write("beside", "of no interest");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(watched.changes(), 2);
}

/// A folder that is itself replaced takes the watch with it: the poll still sees the change.
#[tokio::test]
async fn the_poll_sees_what_no_event_tells() {
    let parent = Folder::new();
    let write = |folder: &str, value: &str| {
        std::fs::create_dir(parent.path().join(folder)).expect("a folder");
        parent.write(&format!("{folder}/key"), value)
    };
    let reference = write("now", "first-value");
    let secrets = Secrets::new().with(Scheme::File, FileSource::polling(Duration::from_millis(100)));
    let watched = watch(&secrets, &[reference]).await;
    std::fs::rename(parent.path().join("now"), parent.path().join("before")).expect("renamed");
    write("now", "second-value");
    until("the poll sees it", || is(&watched, "second-value")).await;
    parent.write("now/key", "third-value");
    until("and again", || is(&watched, "third-value")).await;
}

#[tokio::test]
async fn hooks_are_told_the_value_of_now_and_every_change() {
    let folder = Folder::new();
    let reference = folder.write("key", "value-0");
    let watched = watch(&events_only(), &[reference]).await;
    let (told, last) = (Arc::new(AtomicU32::new(0)), Arc::new(std::sync::Mutex::new(String::new())));
    let hook = {
        let (told, last) = (Arc::clone(&told), Arc::clone(&last));
        move |change: Change<'_, String>| {
            let Change::New(value) = change else { panic!("files are never stale") };
            told.fetch_add(1, Ordering::Relaxed);
            last.lock().expect("not poisoned").clone_from(value);
        }
    };
    watched.on_change(hook);
    assert_eq!((told.load(Ordering::Relaxed), last.lock().expect("not poisoned").as_str()), (1, "value-0"));
    folder.write("key", "value-1");
    until("it is told", || told.load(Ordering::Relaxed) == 2).await;
    assert_eq!(last.lock().expect("not poisoned").as_str(), "value-1");
}

/// A hook that panics ends the reading: readers are refused then, instead of getting an old value for ever.
#[tokio::test]
async fn a_hook_that_panics_closes_the_value() {
    let folder = Folder::new();
    let watched = watch(&events_only(), &[folder.write("key", "value-0")]).await;
    watched.on_change(|change| {
        if let Change::New(value) = change {
            assert_eq!(value, "value-0", "a fault of a test");
        }
    });
    folder.write("key", "value-1");
    until("the reading ended", || watched.get().is_err()).await;
    assert_eq!(watched.get().expect_err("closed").fault(), &SourceError::Unwatched);
}

/// What Kubernetes does for a `subPath`: the file is a mount of its own, which goes on showing the old file. It is read, and a
/// warning says that it will not rotate.
#[ignore = "mounts a file: unshare --map-root-user --mount cargo test … -- --ignored on_a_mount_of_its_own"]
#[tokio::test]
async fn on_a_mount_of_its_own() {
    let folder = Folder::new();
    folder.write("behind", "first-value");
    let reference = folder.write("key", "under the mount");
    let [behind, key] = ["behind", "key"].map(|name| folder.path().join(name));
    let mounted = std::process::Command::new("mount").arg("--bind").args([&behind, &key]).status();
    assert!(mounted.expect("mount runs").success(), "run this within unshare");
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let guard = log::of_this_thread(subscriber);
    let watched = watch(&events_only(), &[reference]).await;
    drop(guard);
    assert!(is(&watched, "first-value"));
    let said = log.text();
    assert!(said.contains("WARN") && said.contains("will not rotate") && !said.contains("first-value"), "{said}");
    // The file behind is replaced, as the kubelet does.
    folder.write("behind.new", "second-value");
    std::fs::rename(folder.path().join("behind.new"), &behind).expect("replaced");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(is(&watched, "first-value"));
    assert!(std::process::Command::new("umount").arg(&key).status().expect("umount runs").success());
}
