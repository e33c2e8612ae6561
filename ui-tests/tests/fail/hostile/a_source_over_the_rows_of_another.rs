// attack: G12
//~ E0277 TEN0006
//~ E0277 CompatibleType
use diesel::internal::table_macro::{FromClause, SelectStatement};
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::query_builder::AsQuery;
use diesel::query_source::{QuerySource, Table};
use diesel::sql_types::Integer;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use tenancy::query::{LeafSource, OfBrand, ScopedFrom};
use tenancy::scope::Request;
use ui_tests::billing::{customers, invoices};

type Rows = ScopedFrom<invoices::table>;

#[derive(Clone, Copy)]
struct Number;

impl Expression for Number {
    type SqlType = Integer;
}

impl ValidGrouping<()> for Number {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for Number {}
impl<QS> SelectableExpression<QS> for Number {}

/// Another table's rows under this type's own columns.
#[derive(Clone, Copy)]
struct Mine(Rows);

impl QuerySource for Mine {
    type FromClause = Rows;
    type DefaultSelection = Number;

    fn from_clause(&self) -> Rows {
        self.0
    }

    fn default_selection(&self) -> Number {
        Number
    }
}

impl AsQuery for Mine {
    type SqlType = (Integer, diesel::sql_types::Text, diesel::sql_types::Nullable<Integer>);
    type Query = SelectStatement<FromClause<customers::table>>;

    fn as_query(self) -> Self::Query {
        unimplemented!()
    }
}

impl Table for Mine {
    type PrimaryKey = Number;
    type AllColumns = Number;

    fn primary_key(&self) -> Number {
        Number
    }

    fn all_columns() -> Number {
        Number
    }
}

impl LeafSource for Mine {
    type Under = OfBrand<Request>;
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = Mine(scope.from(invoices::table).from_clause()).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
