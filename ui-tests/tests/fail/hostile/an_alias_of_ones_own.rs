// attack: G12 A10
//~ E0277 TEN0006
use diesel::query_source::{Alias, AliasSource};
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

fn case(conn: &mut OrgConn<'_, Postgres>) {
    let _ = Alias::new(Mine(shadow::invoices::table)).load::<i32>(conn);
}

fn main() {
    let _ = case;
}
