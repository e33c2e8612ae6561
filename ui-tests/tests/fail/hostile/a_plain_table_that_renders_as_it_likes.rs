// attack: G12 A16
//~ E0271 PlainFrom
use tenancy::schema::PlainTable;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

impl PlainTable for shadow::invoices::table {
    const SCHEMA: Option<&'static str> = None;
    const NAME: &'static str = "invoices";
    const ALIAS: &'static str = "invoices";
    const PLATFORM: bool = false;
}

fn case() {
    let _ = shadow::invoices::table;
}

fn main() {
    let _ = case;
}
