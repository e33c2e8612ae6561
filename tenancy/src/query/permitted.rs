//! `.permitted(permit)`: what a privileged statement needs before it runs, and what a permit adds to its WHERE.

use super::target::{Filter, Unfiltered, Where};
use crate::isolation::ScopedFrom;
use crate::permit::{Action, AskedInOrganization, Claim, Permit, Row, TheOrganization};
use crate::schema::TenantTable;
use crate::sql_types::Stored;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};
use diesel::{EqAll, QueryResult};
use std::any::TypeId;
use std::marker::PhantomData;
use uuid::Uuid;

/// What the schema says of writing to an organization table: the action of which a permit is needed, or [`Unprivileged`].
///
/// Written by [`schema!`](crate::schema!), from its setting `privileged(..)`.
pub trait Privileges {
    /// For an INSERT.
    type Insert;
    /// For a DELETE.
    type Delete;
    /// For an UPDATE, and for the part of an INSERT that updates.
    type Update;
    /// Columns that are set with a permit of their own action.
    #[doc(hidden)]
    const COLUMNS: &'static [PrivilegedColumn] = &[];
}

/// No permit is needed.
#[derive(Debug)]
pub struct Unprivileged(());

/// What no permit allows: the table of epochs is written by the engine alone.
#[derive(Debug)]
pub struct WrittenByTheEngine(());

/// A column that is set with a permit alone.
#[doc(hidden)]
#[derive(Debug)]
pub struct PrivilegedColumn {
    /// Its name in SQL.
    pub column: &'static str,
    /// The action of the permit.
    pub action: fn() -> TypeId,
}

/// A table with privileged statements. Written by [`schema!`](crate::schema!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no privileged statements",
    label = "the schema does not list this table in `privileged(..)`",
    note = "declare what needs a permit: `privileged(invoices: delete = invoice::Delete);` at the head of `tenancy::schema!`",
    note = "TEN0025: run `tenancy explain TEN0025`"
)]
pub trait PrivilegedTable: TenantTable {
    /// The key, without the organization, that a permit's object is compared with.
    type Key: Default;
    /// The table of the organizations' authorization epochs.
    type Epochs: TenantTable;
}

/// The action of a key: no permit allows to change it, since permits name rows by it.
#[doc(hidden)]
pub fn no_action() -> TypeId {
    TypeId::of::<WrittenByTheEngine>()
}

/// A statement without a permit.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct WithoutPermit;

/// A statement on `T` that consumed a permit for `A`.
pub struct Permitted<'s, A, T>
where
    A: Action<Object: ObjectOf<T>>,
    T: PrivilegedTable,
{
    claim: Claim,
    epochs: ScopedFrom<T::Epochs>,
    /// Compares the key with the permit's object.
    object: <A::Object as sealed::ObjectOf<T>>::Predicate,
    permit: PhantomData<fn() -> &'s A>,
}

/// A statement that needs a permit for `Need`, with `P` for its permit.
#[derive(Debug)]
pub struct Needs<Need, P>(PhantomData<(Need, P)>);

/// How a statement is known to be scoped, if it may run as far as permits go.
pub trait Granted: sealed::Granted {}
impl<P: sealed::Granted> Granted for P {}

/// Whether a statement's permit is the one that it needs.
#[diagnostic::on_unimplemented(
    message = "this statement needs a permit for `{Need}`",
    label = "privileged, and without that permit",
    note = "ask for the permit and give it to the statement: `permits.require(&scope, action).await?`, then `.permitted(permit)`",
    note = "a row that an INSERT meets is changed by an UPDATE of its own, which takes the permit",
    note = "TEN0025: run `tenancy explain TEN0025`"
)]
pub trait PermitFor<Need>: sealed::PermitFor<Need> {}
#[diagnostic::do_not_recommend]
impl<Need, P: sealed::PermitFor<Need>> PermitFor<Need> for P {}

/// Checks, while a schema compiles, that `A` is an action that an organization's scope asks for, on rows of `T`.
#[doc(hidden)]
pub const fn is_action_on<A, T>()
where
    A: Action<Level: AskedInOrganization, Object: ObjectOf<T>>,
{
}

/// How a permit's object becomes a part of the WHERE of a statement on `T`.
#[diagnostic::on_unimplemented(
    message = "the object of this permit is not a row of `{T}`",
    label = "another key",
    note = "the id in the action has the type of the table's key: see `ids(..)` of `tenancy::permissions!`",
    note = "TEN0025: run `tenancy explain TEN0025`"
)]
pub trait ObjectOf<T>: sealed::ObjectOf<T> {}
#[diagnostic::do_not_recommend]
impl<T, O: sealed::ObjectOf<T>> ObjectOf<T> for O {}

impl<'s, A, T> Permitted<'s, A, T>
where
    A: Action<Object: ObjectOf<T>>,
    T: PrivilegedTable,
{
    pub(super) fn of<B>(permit: Permit<'s, A, B>) -> Self {
        let epochs = ScopedFrom::<T::Epochs>::of(permit.scope().key().unbranded());
        let (action, claim) = permit.into_parts();
        Self { claim, epochs, object: action.object().predicate(), permit: PhantomData }
    }
}

/// Only this crate can name what is in here. An action belongs to the service, which could otherwise say of `WithoutPermit` that it is
/// enough for its action, or of a key of its own that it means every row (`ui-tests/tests/fail/hostile/`).
pub(super) mod sealed {
    use super::super::statement::{ByArms, ByPermit, ByRows, BySource, ByType};
    use super::{
        Action, EqAll, Filter, Needs, Permitted, PrivilegedTable, Row, TheOrganization, TypeId, Unfiltered,
        Unprivileged, Where, WithoutPermit,
    };

    pub trait PermitFor<Need> {}
    impl PermitFor<Unprivileged> for WithoutPermit {}
    impl<A: Action<Object: super::ObjectOf<T>>, T: PrivilegedTable> PermitFor<A> for Permitted<'_, A, T> {}
    impl<A: Action<Object: super::ObjectOf<T>>, T: PrivilegedTable> PermitFor<Unprivileged> for Permitted<'_, A, T> {}

    pub trait Granted {}
    impl Granted for ByType {}
    impl Granted for BySource {}
    impl<N: super::Granted> Granted for ByPermit<N> {}
    impl<N: super::Granted> Granted for ByRows<N> {}
    impl<L, HowL: super::Granted, R, HowR: super::Granted, Form> Granted for ByArms<L, HowL, R, HowR, Form> {}
    impl<Need, P: super::PermitFor<Need>> Granted for Needs<Need, P> {}
    impl<A: super::Granted, B: super::Granted> Granted for (A, B) {}

    pub trait ObjectOf<T> {
        type Predicate: Filter;
        fn predicate(self) -> Self::Predicate;
    }

    impl<T: PrivilegedTable, Id> ObjectOf<T> for Row<Id>
    where
        T::Key: EqAll<Id>,
    {
        type Predicate = Where<<T::Key as EqAll<Id>>::Output>;

        fn predicate(self) -> Self::Predicate {
            Where(T::Key::default().eq_all(self.0))
        }
    }

    /// Every row of the organization.
    impl<T: PrivilegedTable> ObjectOf<T> for TheOrganization {
        type Predicate = Unfiltered;

        fn predicate(self) -> Self::Predicate {
            Unfiltered
        }
    }

    /// Whether a statement has a permit, and for what.
    pub trait PermitState {
        /// The action.
        fn action() -> Option<TypeId>;
        /// Whether the permit renders anything. Also when it adds nothing to the text: rendering compares it with the connection.
        fn renders(&self) -> bool;
    }

    impl PermitState for WithoutPermit {
        fn action() -> Option<TypeId> {
            None
        }

        fn renders(&self) -> bool {
            false
        }
    }

    impl<A: Action<Object: super::ObjectOf<T>>, T: PrivilegedTable> PermitState for Permitted<'_, A, T> {
        fn action() -> Option<TypeId> {
            Some(TypeId::of::<A>())
        }

        fn renders(&self) -> bool {
            true
        }
    }
}
use sealed::{ObjectOf as _, PermitState};

impl<DB: Backend> QueryFragment<DB> for WithoutPermit {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

/// `"t"."id" = $2 AND EXISTS (SELECT 1 FROM <the organization's epoch> WHERE "epoch" = $3)`.
///
/// The second part is the fence: a revocation since the check has another epoch, and the statement then finds no row.
impl<A, T, DB> QueryFragment<DB> for Permitted<'_, A, T>
where
    A: Action<Object: ObjectOf<T>>,
    <A::Object as sealed::ObjectOf<T>>::Predicate: QueryFragment<DB>,
    T: PrivilegedTable,
    DB: Backend + HasSqlType<<T::Epochs as TenantTable>::OrganizationType> + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
    Uuid: Stored<<T::Epochs as TenantTable>::OrganizationType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.claim.check()?;
        // Two permits of one type may differ in whether they carry an epoch.
        out.unsafe_to_cache_prepared();
        if let Some(object) = self.object.some() {
            object.walk_ast(out.reborrow())?;
        }
        match (self.object.is_some(), self.claim.epoch()) {
            (true, Some(_)) => out.push_sql(" AND "),
            (false, None) => out.push_sql("1 = 1"),
            _ => {}
        }
        if let Some(epoch) = self.claim.epoch() {
            out.push_sql("EXISTS (SELECT 1 FROM ");
            self.epochs.walk_ast(out.reborrow())?;
            out.push_sql(" WHERE ");
            out.push_identifier("epoch")?;
            out.push_sql(" = ");
            out.push_bind_param::<BigInt, _>(epoch)?;
            // A revocation waits until this statement's transaction ends, or this statement sees it.
            if <Uuid as Stored<<T::Epochs as TenantTable>::OrganizationType, DB>>::LOCKS_ROWS {
                out.push_sql(" FOR SHARE");
            }
            out.push_sql(")");
        }
        Ok(())
    }
}

impl<A: Action<Object: ObjectOf<T>>, T: PrivilegedTable> QueryId for Permitted<'_, A, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// A statement's permit, and the filter behind it: `<permit>) AND (<filter>`, within the parentheses of a statement's condition.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Guarded<P, F> {
    pub(super) permit: P,
    pub(super) filter: F,
}

impl<P: PermitState, F: Filter> Filter for Guarded<P, F> {
    fn is_some(&self) -> bool {
        self.permit.renders() || self.filter.is_some()
    }
}

impl<P, F, DB> QueryFragment<DB> for Guarded<P, F>
where
    DB: Backend,
    P: PermitState + QueryFragment<DB>,
    F: Filter + QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.permit.renders() {
            return self.filter.walk_ast(out);
        }
        self.permit.walk_ast(out.reborrow())?;
        if self.filter.is_some() {
            // What surrounds this are the parentheses of one condition beside the organization's. The filter gets its own, so that a
            // text that closes one reaches past the organization too, and the review refuses it.
            out.push_sql(") AND (");
            self.filter.walk_ast(out.reborrow())?;
        }
        Ok(())
    }
}
