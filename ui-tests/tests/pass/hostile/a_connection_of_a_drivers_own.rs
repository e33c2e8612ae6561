use tenancy::db::Driver;

async fn case<D: Driver>(settings: D::Settings) {
    let _ = settings;
}

fn main() {
    let _ = case::<tenancy::db::Postgres>;
}
