//! `file = ".."`: twenty tables as `diesel print-schema` writes them.
use diesel::prelude::*;

use crate::schema_forms::support::{scope, sql};

tenancy::schema! {
    file = "tests/wall_one/schema_forms/printed.rs";
}

#[test]
fn tables_of_a_file() {
    let scope = scope();
    let query = scope
        .from(table_03::table)
        .inner_join(scope.from(table_02::table))
        .filter(table_02::name.eq("x"))
        .select((table_03::id, table_02::name));
    assert_eq!(
        sql(&query),
        "SELECT `table_03`.`id`, `table_02`.`name` FROM (\
         (SELECT * FROM `table_03` WHERE `table_03`.`org_id` = ?) AS `table_03` \
         INNER JOIN (SELECT * FROM `table_02` WHERE `table_02`.`org_id` = ?) AS `table_02` \
         ON ((`table_03`.`parent_id` = `table_02`.`id`) AND (`table_03`.`org_id` = `table_02`.`org_id`))) \
         WHERE (`table_02`.`name` = ?)"
    );
}

#[test]
fn tables_far_apart_share_a_query() {
    let scope = scope();
    let inner = scope.from(table_19::table).filter(table_19::id.eq(table_00::id));
    let text = sql(&scope.from(table_00::table).filter(diesel::dsl::exists(inner)).select(table_00::id));
    assert_eq!(text.matches("`org_id` = ?").count(), 2, "{text}");
}
