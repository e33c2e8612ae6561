// attack: F13 G12
//~ E0061 Ours
use tenancy::db::Driver;

async fn case<D: Driver>(settings: D::Settings) {
    let _ = D::connect("postgres://localhost/service", &settings).await;
}

fn main() {
    let _ = case::<tenancy::db::Postgres>;
}
