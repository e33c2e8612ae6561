use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Integer;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;

#[derive(Clone, Copy)]
struct With;

impl Query for With {
    type SqlType = Integer;
}

impl QueryId for With {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for With {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH all_rows AS (SELECT * FROM invoices) SELECT amount FROM all_rows");
        Ok(())
    }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, With, conn);
}

fn main() {
    let _ = case;
}
