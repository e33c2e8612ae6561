use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;
use ui_tests::billing::invoices;

#[derive(Clone, Copy)]
struct Answer;

impl diesel::Expression for Answer {
    type SqlType = diesel::sql_types::Integer;
}

impl<T> diesel::AppearsOnTable<T> for Answer {}
impl<T> diesel::SelectableExpression<T> for Answer {}

impl<G> diesel::expression::ValidGrouping<G> for Answer {
    type IsAggregate = diesel::expression::is_aggregate::Never;
}

impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for Answer {
    fn walk_ast<'b>(&'b self, mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql("42");
        Ok(())
    }
}

fn case(scope: &OrgScope, conn: &mut OrgConn<'_, Postgres>) {
    let _ = scope.from(invoices::table).select(Answer).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
