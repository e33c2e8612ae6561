use tenancy::permit::Row;
use tenancy::query::ObjectOf;
use ui_tests::ledger::invoices;

struct Every;

fn is_object<O: ObjectOf<invoices::table>>() {}

fn case(row: Row<Every>) {
    is_object::<Row<i32>>();
    let _ = row.0;
}

fn main() {
    let _ = case;
}
