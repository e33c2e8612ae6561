//! Set operations whose arms agree on the organization.

use super::brand::{Agrees, BrandOf};
use diesel::dsl;
use diesel::query_builder::{AsQuery, Query};

macro_rules! combine_dsl {
    ($($(#[$doc:meta])* $name:ident -> $Output:ident;)*) => {
        /// Diesel's set operations, for arms of one scope.
        ///
        /// In [`prelude`](crate::prelude) it stands in for diesel's trait of the same name, and says where the operation is
        /// written what is wrong with an arm. With diesel's, the statement does not compile where it is run: a connection asks
        /// each arm for its scope (`ui-tests/tests/fail/c_joins/`).
        pub trait CombineDsl: diesel::CombineDsl {
            $(
                $(#[$doc])*
                fn $name<Rhs, L, R>(self, rhs: Rhs) -> dsl::$Output<Self, Rhs>
                where
                    Self: Sized + BrandOf<L>,
                    Rhs: BrandOf<R> + AsQuery<SqlType = <<Self as diesel::CombineDsl>::Query as Query>::SqlType>,
                    <Self as BrandOf<L>>::Under: Agrees<<Rhs as BrandOf<R>>::Under>,
                {
                    diesel::CombineDsl::$name(self, rhs)
                }
            )*
        }
    };
}

combine_dsl! {
    /// Rows of either, once each.
    union -> Union;
    /// Rows of either.
    union_all -> UnionAll;
    /// Rows of both, once each.
    intersect -> Intersect;
    /// Rows of both.
    intersect_all -> IntersectAll;
    /// Rows of the first that are not in the second, once each.
    except -> Except;
    /// Rows of the first that are not in the second.
    except_all -> ExceptAll;
}

impl<T: diesel::CombineDsl> CombineDsl for T {}
