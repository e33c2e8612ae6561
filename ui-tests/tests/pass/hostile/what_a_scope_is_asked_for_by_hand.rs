use tenancy::query::Scopable;

struct Mine;

fn _needs(_: impl Scopable) {}

fn case() {
    let _ = Mine;
}

fn main() {
    let _ = case;
}
