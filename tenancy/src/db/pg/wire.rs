//! The driver's connection to the server, worked by whoever waits for an answer.
//!
//! The driver means it to be a task of its own. Each statement then wakes that task, and is woken by it, often on another
//! thread, which cost a read over a fast network up to a tenth (`docs/benchmarks.md`). A connection of ours has one user at a
//! time, who waits for its answer anyway, so the user's own task sends and receives. Between statements nobody reads; what the
//! server says meanwhile, that it goes away for instance, is read before the next user has the connection.

use super::awake::{Awake, Wait};
use crate::db::driver::BoxFuture;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use tokio::runtime::Handle;
use tokio_postgres::Error;

/// The driver's connection. Clones share it.
#[derive(Clone)]
pub(in crate::db) struct Wire {
    shared: Arc<Shared>,
    /// Whether somebody may stay awake for an answer.
    awake: Option<Arc<Awake>>,
}

struct Shared {
    work: Mutex<Work>,
    bell: Arc<Bell>,
    /// Rings the bell.
    waker: Waker,
}

struct Work {
    /// Gone when the server, or we, have closed it.
    connection: Option<BoxFuture<'static, ()>>,
    /// Answers that nobody waits for, to be taken when they come: one that is left in its queue holds up all behind it.
    aside: Vec<BoxFuture<'static, ()>>,
}

impl Wire {
    pub(super) fn new(connection: impl Future<Output = Result<(), Error>> + Send + 'static) -> Self {
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        // How it ends, the answers that do not come tell as well.
        let connection: BoxFuture<'static, ()> = Box::pin(async move { drop(connection.await) });
        let work = Mutex::new(Work { connection: Some(connection), aside: Vec::new() });
        Self { shared: Arc::new(Shared { work, bell, waker }), awake: None }
    }

    pub(super) fn awake(self, awake: Option<Arc<Awake>>) -> Self {
        Self { awake, ..self }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.shared.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for an answer, and works the connection until it is there.
    pub(in crate::db) async fn answered<T>(&self, answer: impl Future<Output = T>) -> T {
        let mut answer = pin!(answer);
        let wait = self.awake.as_ref().map(|awake| awake.wait());
        while wait.as_ref().is_some_and(Wait::is_awake) {
            if let Poll::Ready(answer) = self.poll_now(|cx| answer.as_mut().poll(cx)) {
                wait.into_iter().for_each(Wait::over);
                return answer;
            }
            // Whatever else is ready on this core runs, the server perhaps; then the runtime's tasks, and it looks at its sockets.
            std::thread::yield_now();
            tokio::task::yield_now().await;
        }
        let answer = poll_fn(|cx| self.poll_answered(cx, |cx| answer.as_mut().poll(cx))).await;
        wait.into_iter().for_each(Wait::over);
        answer
    }

    /// The same for what is polled. `answer` waits for nothing but the connection, so nobody need be woken by it.
    pub(super) fn poll_answered<T>(
        &self,
        cx: &mut Context<'_>,
        answer: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let polled = self.poll_now(answer);
        if polled.is_pending() {
            self.shared.bell.wakes(cx.waker());
        }
        polled
    }

    /// The same, and nobody will be woken.
    fn poll_now<T>(&self, mut answer: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        let mut nobody = Context::from_waker(Waker::noop());
        if let Poll::Ready(answer) = answer(&mut nobody) {
            return Poll::Ready(answer);
        }
        self.shared.bell.hush();
        self.turn();
        answer(&mut nobody)
    }

    /// Sends and receives what can be without waiting.
    pub(super) fn turn(&self) {
        let mut work = self.work();
        let mut cx = Context::from_waker(&self.shared.waker);
        if work.connection.as_mut().is_some_and(|connection| connection.as_mut().poll(&mut cx).is_ready()) {
            work.connection = None;
        }
        let mut nobody = Context::from_waker(Waker::noop());
        work.aside.retain_mut(|answer| answer.as_mut().poll(&mut nobody).is_pending());
    }

    /// Takes an answer when it comes.
    pub(super) fn set_aside(&self, answer: BoxFuture<'static, ()>) {
        self.work().aside.push(answer);
    }

    /// Takes the answers that have come to what was set aside.
    pub(super) fn take_aside(&self) {
        let waits = !self.work().aside.is_empty();
        if waits {
            self.turn();
        }
    }

    /// Closes the connection at once, whatever is under way.
    pub(super) fn cut(&self) {
        let mut work = self.work();
        (work.connection, work.aside) = (None, Vec::new());
    }

    /// Leaves the connection to itself. It takes leave of the server when its client is dropped, if there is a runtime.
    pub(super) fn part(&self) {
        let mut work = self.work();
        work.aside.clear();
        if let (Some(connection), Ok(runtime)) = (work.connection.take(), Handle::try_current()) {
            runtime.spawn(connection);
        }
    }
}

/// Wakes whoever waits for the connection; while it is being worked, it only remembers that it was rung.
///
/// Most rings are our own: the question in the queue, the answer taken out of it. Each would make the scheduler run the task
/// once more than it has to.
#[derive(Default)]
struct Bell(Mutex<Ring>);

#[derive(Default)]
struct Ring {
    waits: Option<Waker>,
    rung: bool,
}

impl Bell {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hush(&self) {
        *self.ring() = Ring::default();
    }

    fn wakes(&self, waker: &Waker) {
        let mut ring = self.ring();
        if ring.rung {
            drop(ring);
            waker.wake_by_ref();
        } else {
            ring.waits = Some(waker.clone());
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waits = {
            let mut ring = self.ring();
            ring.rung = true;
            ring.waits.take()
        };
        if let Some(waker) = waits {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Room for one piece, which the connection fills and a reader empties.
    #[derive(Default)]
    struct Slot {
        full: bool,
        filler: Option<Waker>,
    }

    type Held = Arc<Mutex<Slot>>;

    /// Fills a slot this often, then the other one once: as the driver, which goes on only when there is room.
    fn connection(slot: &Held, pieces: usize, last: &Held) -> impl Future<Output = Result<(), Error>> + use<> {
        let (slot, last) = (Arc::clone(slot), Arc::clone(last));
        let mut filled = 0;
        poll_fn(move |cx| {
            while filled < pieces {
                let mut slot = slot.lock().unwrap();
                if slot.full {
                    slot.filler = Some(cx.waker().clone());
                    return Poll::Pending;
                }
                (slot.full, filled) = (true, filled + 1);
            }
            last.lock().unwrap().full = true;
            Poll::Pending
        })
    }

    /// Takes so many pieces.
    fn reader(slot: &Held, pieces: usize) -> impl Future<Output = ()> + use<> {
        let slot = Arc::clone(slot);
        let mut taken = 0;
        poll_fn(move |_| {
            let mut slot = slot.lock().unwrap();
            if std::mem::take(&mut slot.full) {
                taken += 1;
                slot.filler.take().inspect(Waker::wake_by_ref);
            }
            if taken == pieces { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    #[tokio::test]
    async fn an_answer_that_was_set_aside_holds_up_no_other() {
        let (aside, last) = (Held::default(), Held::default());
        let wire = Wire::new(connection(&aside, 5, &last));
        wire.set_aside(Box::pin(reader(&aside, 5)));
        let answer = wire.answered(reader(&last, 1));
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("it comes");
        assert!(wire.work().aside.is_empty());
    }

    #[tokio::test]
    async fn who_makes_room_in_an_answer_gets_the_rest() {
        let (answer, unused) = (Held::default(), Held::default());
        let wire = Wire::new(connection(&answer, 5, &unused));
        let answer = wire.answered(reader(&answer, 5));
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("it comes");
    }

    #[tokio::test]
    async fn who_stays_awake_lets_others_run_and_gets_the_answer() {
        let (answer, others) = (Held::default(), Arc::new(Mutex::new(0)));
        let (slot, ran) = (Arc::clone(&answer), Arc::clone(&others));
        // The other task has the runtime's one thread only when somebody yields it.
        tokio::spawn(async move { *ran.lock().unwrap() += 1 });
        let rounds = Arc::new(Mutex::new(0));
        let round = Arc::clone(&rounds);
        let connection = poll_fn(move |_| {
            *round.lock().unwrap() += 1;
            slot.lock().unwrap().full |= *others.lock().unwrap() == 1;
            Poll::Pending
        });
        let wire = Wire::new(connection).awake(Some(Arc::new(Awake::for_at_most(Duration::from_secs(2)))));
        // Nothing would wake it.
        let answer = wire.answered(reader(&answer, 1));
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("it comes");
        assert!(*rounds.lock().unwrap() < 10, "the other task has its turn in the first rounds");
    }

    #[tokio::test]
    async fn who_falls_asleep_after_all_is_woken() {
        let answer = Held::default();
        let slot = Arc::clone(&answer);
        let connection = async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            slot.lock().unwrap().full = true;
            std::future::pending().await
        };
        let wire = Wire::new(connection).awake(Some(Arc::new(Awake::for_at_most(Duration::from_millis(1)))));
        let answer = wire.answered(reader(&answer, 1));
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("it comes");
    }

    #[tokio::test]
    async fn what_is_closed_sends_and_receives_no_more() {
        let (answer, unused) = (Held::default(), Held::default());
        let wire = Wire::new(connection(&answer, 1, &unused));
        wire.cut();
        wire.turn();
        assert!(!answer.lock().unwrap().full);
    }
}
