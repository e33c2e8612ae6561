use tenancy::db::Driver;

async fn case<D: Driver>(conn: D::Conn) {
    let _ = conn;
}

fn main() {
    let _ = case::<tenancy::db::Postgres>;
}
