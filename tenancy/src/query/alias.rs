//! `alias!`: the same organization table twice in one query.

use super::ScopedFrom;
use crate::schema::TenantTable;
use crate::scope::{Request, ScopeKey};
use diesel::internal::alias_macro::AliasAliasAppearsInFromClauseSameTable;
use diesel::query_source::AliasSource;
use std::fmt;
use std::marker::PhantomData;

/// An alias that [`alias!`](crate::alias!) declares: its name, and the table that it is of. It is given no key.
#[doc(hidden)]
pub trait AliasName {
    /// The name in SQL.
    const NAME: &'static str;
    /// The table.
    type Table: TenantTable<Scoped<Request> = Self::Table>;
}

/// How often an alias appears in a FROM clause that is another alias of the same table.
#[doc(hidden)]
pub trait Beside<Other> {
    /// Diesel's answer type.
    type Count;
}

/// The source of an alias: the rows of `N`'s table of the organization of a scope of brand `B`.
pub struct Aliased<N: AliasName, B = Request> {
    target: N::Table,
    brand: PhantomData<fn(B) -> B>,
}

impl<N: AliasName, B> Aliased<N, B> {
    pub(super) fn of(key: ScopeKey<B>) -> Self {
        Self { target: N::Table::__scoped(ScopedFrom::of(key.unbranded())), brand: PhantomData }
    }
}

impl<N: AliasName, B> Clone for Aliased<N, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: AliasName, B> Copy for Aliased<N, B> {}

impl<N: AliasName, B> fmt::Debug for Aliased<N, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(N::NAME)
    }
}

/// Diesel's alias joins ask for a value that is thrown away; it carries no organization.
impl<N: AliasName, B> Default for Aliased<N, B> {
    fn default() -> Self {
        Self::of(ScopeKey::inert())
    }
}

impl<N: AliasName, B> AliasSource for Aliased<N, B> {
    const NAME: &'static str = N::NAME;
    type Target = N::Table;

    fn target(&self) -> &N::Table {
        &self.target
    }
}

impl<N, Other, B, T> AliasAliasAppearsInFromClauseSameTable<Aliased<Other, B>, T> for Aliased<N, B>
where
    N: AliasName + Beside<Other>,
    Other: AliasName,
{
    type Count = N::Count;
}

/// Declares aliases of organization tables, with diesel's syntax; `scope.from(alias)` makes each a query source.
///
/// Aliases of one table that meet in a query are declared in one call, as in diesel.
///
/// At the level of a module, `alias!(units as child: Child)` declares the type `child` of the alias as a query source, which
/// functions can name, and `child` as what a scope is asked for. It is a function, not a constant: a `let` cannot shadow a
/// constant, and `let child = scope.from(child);` is what one writes. `alias! { pub const CHILD: Alias<Child> = units as child; }`
/// declares a constant.
///
/// ```ignore
/// let (child, parent) = tenancy::alias!(units as child, units as parent);
/// let (child, parent) = (scope.from(child), scope.from(parent));
/// child.inner_join(parent.on(child.field(units::parent_id).eq(parent.field(units::id).nullable())));
/// ```
#[macro_export]
macro_rules! alias {
    ($($($table:ident)::+ as $alias:ident),* $(,)?) => {{
        $crate::alias!(@declare $($($table)::+ as $alias: $alias,)*);
        ($($crate::query::NeedsOrgScope::<$alias>::new()),*)
    }};
    ($($($table:ident)::+ as $sql_name:ident: $alias_ty:ident),* $(,)?) => {
        $crate::alias!(@declare $($($table)::+ as $sql_name: pub $alias_ty,)*);
        $(
            #[doc = concat!("The alias `", stringify!($sql_name), "` before it is given a scope: `scope.from(", stringify!($sql_name), ")`.")]
            #[allow(dead_code)]
            pub const fn $sql_name() -> $crate::query::NeedsOrgScope::<$alias_ty> {
                $crate::query::NeedsOrgScope::new()
            }

            #[allow(non_camel_case_types, missing_docs, dead_code)]
            pub type $sql_name<B = $crate::scope::Request> =
                $crate::__private::diesel::query_source::Alias<$crate::query::Aliased<$alias_ty, B>>;
        )*
    };
    ($($vis:vis const $const_name:ident: Alias<$alias_ty:ident> = $($table:ident)::+ as $sql_name:ident);* $(;)?) => {
        $crate::alias!(@declare $($($table)::+ as $sql_name: $vis $alias_ty,)*);
        $(
            #[allow(non_upper_case_globals, missing_docs)]
            $vis const $const_name: $crate::query::NeedsOrgScope::<$alias_ty> = $crate::query::NeedsOrgScope::new();

            #[allow(non_camel_case_types, missing_docs, dead_code)]
            $vis type $const_name<B = $crate::scope::Request> =
                $crate::__private::diesel::query_source::Alias<$crate::query::Aliased<$alias_ty, B>>;
        )*
    };
    (@declare $($($table:ident)::+ as $sql_name:ident: $vis:vis $alias:ident),* $(,)?) => {
        $(
            #[allow(non_camel_case_types, missing_docs)]
            #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
            $vis struct $alias;

            impl $crate::query::AliasName for $alias {
                const NAME: &'static str = stringify!($sql_name);
                type Table = $($table)::+::table;
            }

            impl $crate::query::ScopeTarget for $alias {
                type As = $crate::query::AsAlias;
            }

            impl $crate::query::Beside<$alias> for $alias {
                type Count = $crate::__private::diesel::query_source::Once;
            }
        )*
        $crate::alias!(@pairs $([$($table)::+::table, ($($table)::+), $alias])*);
    };
    (@pairs [$left_ty:ty, $left_tt:tt, $left:ident] $([$right_ty:ty, $right_tt:tt, $right:ident])*) => {
        $(
            $crate::__private::diesel::static_cond! {
                if $left_tt == $right_tt {
                    impl $crate::query::Beside<$left> for $right {
                        type Count = $crate::__private::diesel::query_source::Never;
                    }
                    impl $crate::query::Beside<$right> for $left {
                        type Count = $crate::__private::diesel::query_source::Never;
                    }
                }
            }
        )*
        $crate::alias!(@pairs $([$right_ty, $right_tt, $right])*);
    };
    (@pairs) => {};
}
