//! Drives the connection to the server in the task that waits for a response.
//!
//! tokio-postgres expects its connection to be a task of its own. Each statement then wakes that task and is woken by it,
//! often on another thread, which costs a read over a fast network up to a tenth (`docs/benchmarks.md`). A connection here has
//! one user at a time, who waits for the response anyway, so the user's own task sends and receives. Between statements the
//! connection is not read. What the server says meanwhile, for example that it shuts down, is read before the next user gets the
//! connection.

use crate::db::driver::BoxFuture;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use tokio::runtime::Handle;
use tokio_postgres::Error;

/// The connection of tokio-postgres, polled by its user. Clones share it.
#[derive(Clone)]
pub(in crate::db) struct InlineDriver(Arc<Shared>);

struct Shared {
    tasks: Mutex<Tasks>,
    flag: Arc<WakeFlag>,
    /// Sets the flag.
    waker: Waker,
}

struct Tasks {
    /// `None` after the server, or this side, has closed it.
    connection: Option<BoxFuture<'static, ()>>,
    /// Responses that no statement waits for. They are polled too: a response that stays in its queue blocks all behind it.
    background: Vec<BoxFuture<'static, ()>>,
}

impl InlineDriver {
    pub(super) fn new(connection: impl Future<Output = Result<(), Error>> + Send + 'static) -> Self {
        let flag = Arc::new(WakeFlag::default());
        let waker = Waker::from(Arc::clone(&flag));
        // An error of the connection also reaches every response that was pending.
        let connection: BoxFuture<'static, ()> = Box::pin(async move { drop(connection.await) });
        let tasks = Mutex::new(Tasks { connection: Some(connection), background: Vec::new() });
        Self(Arc::new(Shared { tasks, flag, waker }))
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a response, and drives the connection until it is there.
    pub(in crate::db) async fn response<T>(&self, response: impl Future<Output = T>) -> T {
        let mut response = pin!(response);
        poll_fn(|cx| self.poll_response(cx, |cx| response.as_mut().poll(cx))).await
    }

    /// Polls for a response and drives the connection. `response` waits for nothing but the connection, so it gets a waker
    /// that does nothing.
    pub(super) fn poll_response<T>(
        &self,
        cx: &mut Context<'_>,
        mut response: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let mut noop = Context::from_waker(Waker::noop());
        if let Poll::Ready(response) = response(&mut noop) {
            return Poll::Ready(response);
        }
        self.0.flag.reset();
        self.drive();
        let polled = response(&mut noop);
        if polled.is_pending() {
            self.0.flag.register(cx.waker());
        }
        polled
    }

    /// Sends and receives what is possible without waiting.
    pub(super) fn drive(&self) {
        let mut tasks = self.tasks();
        let mut cx = Context::from_waker(&self.0.waker);
        if tasks.connection.as_mut().is_some_and(|connection| connection.as_mut().poll(&mut cx).is_ready()) {
            tasks.connection = None;
        }
        let mut noop = Context::from_waker(Waker::noop());
        tasks.background.retain_mut(|response| response.as_mut().poll(&mut noop).is_pending());
    }

    /// Receives a response in the background.
    pub(super) fn in_background(&self, response: BoxFuture<'static, ()>) {
        self.tasks().background.push(response);
    }

    /// Receives the background responses that have arrived.
    pub(super) fn drive_background(&self) {
        let pending = !self.tasks().background.is_empty();
        if pending {
            self.drive();
        }
    }

    /// Closes the connection at once, whatever is pending.
    pub(super) fn close(&self) {
        let mut tasks = self.tasks();
        (tasks.connection, tasks.background) = (None, Vec::new());
    }

    /// Lets the connection say goodbye to the server in a task of its own, if there is a runtime. Its client is dropped.
    pub(super) fn detach(&self) {
        let mut tasks = self.tasks();
        tasks.background.clear();
        if let (Some(connection), Ok(runtime)) = (tasks.connection.take(), Handle::try_current()) {
            runtime.spawn(connection);
        }
    }
}

/// Wakes the task that waits for the connection. While that task drives the connection, the flag only remembers the wake.
///
/// Most wakes come from the task itself: it puts a request into the queue and takes a response out. Each would make the
/// scheduler run the task once more than needed.
#[derive(Default)]
struct WakeFlag(Mutex<WakeState>);

#[derive(Default)]
struct WakeState {
    waiting: Option<Waker>,
    woken: bool,
}

impl WakeFlag {
    fn state(&self) -> MutexGuard<'_, WakeState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reset(&self) {
        *self.state() = WakeState::default();
    }

    fn register(&self, waker: &Waker) {
        let mut state = self.state();
        if state.woken {
            drop(state);
            waker.wake_by_ref();
        } else {
            state.waiting = Some(waker.clone());
        }
    }
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waiting = {
            let mut state = self.state();
            state.woken = true;
            state.waiting.take()
        };
        if let Some(waker) = waiting {
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
    async fn a_background_response_does_not_block_another() {
        let (background, last) = (Held::default(), Held::default());
        let driver = InlineDriver::new(connection(&background, 5, &last));
        driver.in_background(Box::pin(reader(&background, 5)));
        let response = driver.response(reader(&last, 1));
        tokio::time::timeout(Duration::from_secs(20), response).await.expect("it comes");
        assert!(driver.tasks().background.is_empty());
    }

    #[tokio::test]
    async fn a_reader_that_makes_room_receives_the_rest() {
        let (slot, unused) = (Held::default(), Held::default());
        let driver = InlineDriver::new(connection(&slot, 5, &unused));
        let response = driver.response(reader(&slot, 5));
        tokio::time::timeout(Duration::from_secs(20), response).await.expect("it comes");
    }

    #[tokio::test]
    async fn a_waiting_task_is_woken_by_a_later_response() {
        let response = Held::default();
        let slot = Arc::clone(&response);
        let connection = async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            slot.lock().unwrap().full = true;
            std::future::pending().await
        };
        let driver = InlineDriver::new(connection);
        let response = driver.response(reader(&response, 1));
        tokio::time::timeout(Duration::from_secs(20), response).await.expect("it comes");
    }

    #[tokio::test]
    async fn a_closed_connection_sends_and_receives_nothing() {
        let (slot, unused) = (Held::default(), Held::default());
        let driver = InlineDriver::new(connection(&slot, 1, &unused));
        driver.close();
        driver.drive();
        assert!(!slot.lock().unwrap().full);
    }
}
