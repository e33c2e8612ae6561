// attack: G29
//~ E0277 TEN0025
use tenancy::permit::Row;
use tenancy::query::ObjectOf;

struct Every;

impl ObjectOf<Every> for Row<Every> {}

fn case(row: Row<Every>) {
    let _ = row.0;
}

fn main() {
    let _ = case;
}
