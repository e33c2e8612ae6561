// attack: G12 A10
//~ E0277 TEN0006
//~ E0277 CompatibleType
use diesel::internal::alias_macro::AliasAliasAppearsInFromClauseSameTable;
use diesel::query_source::{Alias, AliasSource, Once};
use tenancy::OrgConn;
use tenancy::db::Postgres;
use tenancy::prelude::*;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

#[derive(Clone, Copy)]
struct Mine(shadow::invoices::table);

impl AliasSource for Mine {
    const NAME: &'static str = "mine";
    type Target = shadow::invoices::table;

    fn target(&self) -> &shadow::invoices::table {
        &self.0
    }
}

impl AliasAliasAppearsInFromClauseSameTable<Mine, shadow::invoices::table> for Mine {
    type Count = Once;
}

fn case(conn: &mut OrgConn<'_, Postgres>) {
    let _ = Alias::new(Mine(shadow::invoices::table)).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
