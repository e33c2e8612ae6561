// attack: G12 A16
//~ E0277 PlainTable
use tenancy::schema::GlobalTable;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

impl GlobalTable for shadow::invoices::table {}

fn case() {
    let _ = shadow::invoices::table;
}

fn main() {
    let _ = case;
}
