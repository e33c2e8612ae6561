// attack: G12
//~ E0277 TEN0006
use diesel::internal::table_macro::{FromClause, SelectStatement};
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

/// Another table's rows under this type's own columns.
#[derive(Clone, Copy)]
struct Mine(Rows);

impl QuerySource for Mine {
    type FromClause = Rows;
    type DefaultSelection = customers::id;

    fn from_clause(&self) -> Rows {
        self.0
    }

    fn default_selection(&self) -> customers::id {
        customers::id
    }
}

impl AsQuery for Mine {
    type SqlType = Integer;
    type Query = SelectStatement<FromClause<customers::table>>;

    fn as_query(self) -> Self::Query {
        unimplemented!()
    }
}

impl Table for Mine {
    type PrimaryKey = customers::id;
    type AllColumns = (customers::id,);

    fn primary_key(&self) -> customers::id {
        customers::id
    }

    fn all_columns() -> (customers::id,) {
        (customers::id,)
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
