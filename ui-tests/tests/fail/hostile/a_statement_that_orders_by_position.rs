// attack: G12 F06
//~ E0277 TEN0006
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::positional_order_dsl::PositionalOrderDsl;
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

impl PositionalOrderDsl<u32> for Mine {
    type Output = Self;

    fn positional_order_by(self, _: u32) -> Self {
        self
    }
}

fn case(conn: &mut OrgConn<'_, Postgres>) {
    let _ = Mine.load::<i32>(conn);
}

fn main() {
    let _ = case;
}
