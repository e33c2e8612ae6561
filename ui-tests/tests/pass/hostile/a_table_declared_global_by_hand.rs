use tenancy::schema::GlobalTable;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

fn needs<T: GlobalTable>() {}

fn case() {
    let _ = (shadow::invoices::table, needs::<ui_tests::billing::currencies::table>);
}

fn main() {
    let _ = case;
}
