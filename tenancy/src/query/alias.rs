//! `alias!`: the same tenant table twice in one query.

use crate::schema::TenantTable;
use crate::scope::ScopeKey;

/// The table value inside an alias: the organization's rows, or, before a scope was given, a value that no statement
/// renders.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct AliasTarget<T>(T);

impl<T: TenantTable<Scoped<crate::scope::Request> = T>> AliasTarget<T> {
    pub fn of<B>(key: ScopeKey<B>) -> Self {
        Self(T::__scoped(key.unbranded()))
    }
}

impl<T> AliasTarget<T> {
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// Diesel's alias joins ask for a value that is thrown away; it carries no organization.
impl<T: TenantTable<Scoped<crate::scope::Request> = T>> Default for AliasTarget<T> {
    fn default() -> Self {
        Self(T::__scoped::<crate::scope::Request>(ScopeKey::inert()))
    }
}

/// The brand of an alias' source.
#[doc(hidden)]
pub trait AliasUnder: diesel::query_source::AliasSource {
    type Brand;
}

/// Declares aliases of tenant tables, with diesel's syntax; `scope.from(alias)` makes each a query source.
///
/// Aliases of one table that meet in a query are declared in one call, as in diesel.
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
        $crate::alias! { $(const $sql_name: Alias<$alias_ty> = $($table)::+ as $sql_name);* }
    };
    ($($vis:vis const $const_name:ident: Alias<$alias_ty:ident> = $($table:ident)::+ as $sql_name:ident);* $(;)?) => {
        $crate::alias!(@declare $($($table)::+ as $sql_name: $vis $alias_ty,)*);
        $(
            #[allow(non_upper_case_globals, missing_docs)]
            $vis const $const_name: $crate::query::NeedsOrgScope::<$alias_ty> = $crate::query::NeedsOrgScope::new();
        )*
    };
    (@declare $($($table:ident)::+ as $sql_name:ident: $vis:vis $alias:ident),* $(,)?) => {
        $(
            #[allow(non_camel_case_types, missing_docs)]
            $vis struct $alias<B = $crate::scope::Request> {
                target: $crate::__private::AliasTarget<$($table)::+::table>,
                brand: ::core::marker::PhantomData<fn(B) -> B>,
            }

            impl<B> ::core::clone::Clone for $alias<B> {
                fn clone(&self) -> Self {
                    *self
                }
            }

            impl<B> ::core::marker::Copy for $alias<B> {}

            impl<B> ::core::fmt::Debug for $alias<B> {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(stringify!($alias))
                }
            }

            impl<B> ::core::default::Default for $alias<B> {
                fn default() -> Self {
                    Self { target: ::core::default::Default::default(), brand: ::core::marker::PhantomData }
                }
            }

            impl<B> $crate::__private::diesel::query_source::AliasSource for $alias<B> {
                const NAME: &'static str = stringify!($sql_name);
                type Target = $($table)::+::table;
                fn target(&self) -> &Self::Target {
                    self.target.get()
                }
            }

            impl<B> $crate::query::AliasUnder for $alias<B> {
                type Brand = B;
            }

            impl $crate::query::ScopeTarget for $alias {
                type Source<B> = $crate::__private::diesel::query_source::Alias<$alias<B>>;
                fn __source<B>(key: $crate::scope::ScopeKey<B>) -> Self::Source<B> {
                    $crate::__private::diesel::query_source::Alias::new($alias {
                        target: $crate::__private::AliasTarget::of(key),
                        brand: ::core::marker::PhantomData,
                    })
                }
            }

            impl<B> $crate::__private::diesel::internal::alias_macro::AliasAliasAppearsInFromClauseSameTable<
                $alias<B>, $($table)::+::table,
            > for $alias<B> {
                type Count = $crate::__private::diesel::query_source::Once;
            }
        )*
        $crate::alias!(@pairs $([$($table)::+::table, ($($table)::+), $alias])*);
    };
    (@pairs [$left_ty:ty, $left_tt:tt, $left:ident] $([$right_ty:ty, $right_tt:tt, $right:ident])*) => {
        $(
            $crate::__private::diesel::static_cond! {
                if $left_tt == $right_tt {
                    impl<B> $crate::__private::diesel::internal::alias_macro::AliasAliasAppearsInFromClauseSameTable<
                        $left<B>, $left_ty,
                    > for $right<B> {
                        type Count = $crate::__private::diesel::query_source::Never;
                    }
                    impl<B> $crate::__private::diesel::internal::alias_macro::AliasAliasAppearsInFromClauseSameTable<
                        $right<B>, $left_ty,
                    > for $left<B> {
                        type Count = $crate::__private::diesel::query_source::Never;
                    }
                }
            }
        )*
        $crate::alias!(@pairs $([$right_ty, $right_tt, $right])*);
    };
    (@pairs) => {};
}
