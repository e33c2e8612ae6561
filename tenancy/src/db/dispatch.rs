//! How a statement is dispatched to the driver: whole, or in the parts that the database needs.

use super::futures::{Execute, Rows};
use super::{Driver, OrgConn};
use crate::query::{ByArms, ByPermit, ByRows, BySource, ByType, InsertInto, WalkRows};
use diesel::query_builder::{Query, QueryFragment};

/// A statement that a scoped connection can send. `How` is how it is known to be scoped.
#[diagnostic::on_unimplemented(
    message = "`{Db}` cannot run this statement",
    label = "a part of it is not written for this database",
    note = "an operator or function of another database does not compile here: `.ilike(..)` is PostgreSQL's, for example",
    note = "an expression of your own needs `QueryFragment<_>` for this backend; a function names its database, `OrgConn<'_, Postgres, B>`, because diesel writes each for its own",
    note = "TEN0024: run `tenancy explain TEN0024`"
)]
pub trait Dispatch<Db: Driver, B, How>: Sized {
    #[doc(hidden)]
    fn fetch<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Rows<'c, Db>
    where
        Self: Query + 'c,
        B: 'c;

    #[doc(hidden)]
    fn run<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Execute<'c>
    where
        Self: 'c,
        B: 'c;
}

/// Sent as it is.
#[doc(hidden)]
pub trait Whole {}
impl Whole for ByType {}
impl Whole for BySource {}
impl<N> Whole for ByPermit<N> {}
impl<L, HowL, R, HowR, Form> Whole for ByArms<L, HowL, R, HowR, Form> {}

#[diagnostic::do_not_recommend]
impl<Db, B, How, Q> Dispatch<Db, B, How> for Q
where
    Db: Driver,
    How: Whole,
    Q: QueryFragment<Db::Backend>,
{
    fn fetch<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Rows<'c, Db>
    where
        Self: Query + 'c,
        B: 'c,
    {
        conn.load(self)
    }

    fn run<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Execute<'c>
    where
        Self: 'c,
        B: 'c,
    {
        conn.execute(self)
    }
}

/// A batch whose rows leave different columns out is several statements where there is no `DEFAULT` keyword.
#[diagnostic::do_not_recommend]
impl<Db, B, N, T, R, Ret, C> Dispatch<Db, B, ByRows<N>> for InsertInto<T, R, B, Ret, C>
where
    Db: Driver,
    R: WalkRows<T, Db::Backend>,
    Self: QueryFragment<Db::Backend>,
{
    fn fetch<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Rows<'c, Db>
    where
        Self: Query + 'c,
        B: 'c,
    {
        match self.parts(&Db::BACKEND) {
            Ok((whole, others)) if others.is_empty() => conn.load(whole),
            Ok((first, others)) => conn.load_parts(first, others, Self::replace_rows),
            Err(error) => Rows::refused(error),
        }
    }

    fn run<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Execute<'c>
    where
        Self: 'c,
        B: 'c,
    {
        match self.parts(&Db::BACKEND) {
            Ok((whole, others)) if others.is_empty() => conn.execute(whole),
            Ok((first, others)) => conn.execute_parts(first, others, Self::replace_rows),
            Err(error) => Execute::refused(error),
        }
    }
}
