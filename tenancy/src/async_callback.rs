//! A callback whose future is `Send`.
//!
//! `AsyncFnOnce` alone cannot say on stable Rust that the returned future is `Send`; diesel-async says it in the same
//! way, with a trait that every such closure implements.

/// An async closure that takes `T` and whose future has a name, so that a bound can be put on it.
pub trait AsyncCallback<T, R>: AsyncFnOnce(T) -> R + FnOnce(T) -> <Self as AsyncCallback<T, R>>::Fut {
    /// The future of one call.
    type Fut: Future<Output = R>;
}

#[diagnostic::do_not_recommend]
impl<F, T, Fut, R> AsyncCallback<T, R> for F
where
    F: AsyncFnOnce(T) -> R + FnOnce(T) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}
