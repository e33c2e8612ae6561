// attack: F04 G12
//~ E0061 Ours
use tenancy::db::Driver;

async fn case<D: Driver>(mut conn: D::Conn) {
    let _ = D::batch(&mut conn, "DELETE FROM invoices").await;
}

fn main() {
    let _ = case::<tenancy::db::Postgres>;
}
