use tenancy::db::Driver;

struct Mine;

fn needs<D: Driver>() {}

fn case() {
    let _ = (Mine, needs::<tenancy::db::Postgres>);
}

fn main() {
    let _ = case;
}
