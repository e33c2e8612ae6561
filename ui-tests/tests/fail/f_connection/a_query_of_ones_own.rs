// attack: F06
//~ E0277 TEN0006
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Integer;
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;

#[derive(Clone, Copy)]
struct Mine;

impl Query for Mine {
    type SqlType = Integer;
}

impl QueryId for Mine {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Mine {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT amount FROM invoices");
        Ok(())
    }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = (scope, Mine.load::<i32>(conn));
}

fn main() {
    let _ = case;
}
