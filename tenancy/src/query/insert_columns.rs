//! The column list of an `INSERT .. SELECT`.

use diesel::QueryResult;
use diesel::query_source::Column;

/// A column of `T`, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of columns of `{T}` that a scope can fill",
    note = "leave the organization column out: the scope adds it",
    note = "TEN0004: run `tenancy explain TEN0004`"
)]
pub trait InsertColumns<T, How> {
    #[doc(hidden)]
    fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()>;
}

/// One column.
#[derive(Debug)]
pub struct One(());
/// A tuple of columns.
#[derive(Debug)]
pub struct Many(());

impl<T, C: Column<Table = T>> InsertColumns<T, One> for C {
    fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()> {
        visit(C::NAME)
    }
}

macro_rules! insert_columns {
    ($($first:ident $($rest:ident)*)?) => {
        $(
            impl<T, $first: Column<Table = T>, $($rest: Column<Table = T>),*> InsertColumns<T, Many> for ($first, $($rest,)*) {
                fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()> {
                    visit($first::NAME)?;
                    $(visit($rest::NAME)?;)*
                    Ok(())
                }
            }
            insert_columns!($($rest)*);
        )?
    };
}

insert_columns!(
    C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31 C32
);
