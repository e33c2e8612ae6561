// attack: none, a new table is refused until somebody says whose rows it holds
//~ - TEN0101
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, amount -> Integer, } }
}

fn main() {}
