fn case() {
    let _ = None::<tenancy::query::ByType>;
}

fn main() {
    let _ = case;
}
