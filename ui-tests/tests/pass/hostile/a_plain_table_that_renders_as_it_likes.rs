use tenancy::schema::PlainTable;

mod shadow {
    diesel::table! {
        invoices {
            id -> Integer,
        }
    }
}

fn needs<T: PlainTable>() {}

fn case() {
    let _ = (shadow::invoices::table, needs::<ui_tests::billing::currencies::table>);
}

fn main() {
    let _ = case;
}
