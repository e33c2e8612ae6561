// attack: none, a new table is refused until somebody says whose rows it holds
tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, amount -> Integer, } }
}

fn main() {}
