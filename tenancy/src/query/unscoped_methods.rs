//! Diesel's methods on a table that has no scope yet: each refuses to compile.
//!
//! They are written out, because the compiler prints the whole invocation of a macro that a bound comes from: fifteen lines
//! in each error, which say nothing to their reader.

use super::unscoped::{NamesAnOrganization, NeedsOrgScope, Outcome, Unscoped};

#[doc(hidden)]
#[allow(clippy::should_implement_trait, reason = "the names are diesel's")]
impl<T> NeedsOrgScope<T> {
    pub fn select<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn filter<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn or_filter<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn find<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn order<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn order_by<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn then_order_by<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn limit<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn offset<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn distinct(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn distinct_on<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn group_by<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn having<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn count(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn star(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn inner_join<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn left_join<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn left_outer_join<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn on<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn single_value(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn nullable(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn for_update(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn for_no_key_update(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn for_share(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn for_key_share(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn skip_locked(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn no_wait(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn as_query(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn union<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn union_all<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn intersect<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn intersect_all<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn except<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn except_all<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn only(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn tablesample_bernoulli<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn tablesample_system<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn primary_key(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn default_selection(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn from_clause(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn insert_into<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn set<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn values<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn default_values(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn field<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn fields<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn grouping<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn returning<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn on_conflict<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn on_conflict_do_nothing(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn do_update(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn do_nothing(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn into_columns<A>(self, _: A) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
    {
        Unscoped::new()
    }

    pub fn into_boxed<'a, DB>(self) -> Unscoped<T>
    where
        Self: NamesAnOrganization<T>,
        DB: 'a,
    {
        Unscoped::new()
    }

    pub fn load<U>(self, _: &mut impl Sized) -> Outcome<Vec<U>>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }

    pub fn get_results<U>(self, _: &mut impl Sized) -> Outcome<Vec<U>>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }

    pub fn load_iter<U>(self, _: &mut impl Sized) -> Outcome<Vec<U>>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }

    pub fn load_stream<U>(self, _: &mut impl Sized) -> Outcome<Vec<U>>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }

    pub fn first<U>(self, _: &mut impl Sized) -> Outcome<U>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }

    pub fn get_result<U>(self, _: &mut impl Sized) -> Outcome<U>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }

    pub fn execute(self, _: &mut impl Sized) -> Outcome<usize>
    where
        Self: NamesAnOrganization<T>,
    {
        Outcome::none()
    }
}
