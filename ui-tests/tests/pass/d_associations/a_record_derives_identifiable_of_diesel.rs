use ui_tests::billing::customers;

#[derive(tenancy::Identifiable)]
#[diesel(table_name = customers)]
struct Customer {
    id: i32,
}

fn case(record: &Customer) {
    let _ = record.id;
}

fn main() {
    let _ = case;
}
