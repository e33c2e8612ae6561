// attack: G13
fn case() {
    let _ = None::<tenancy::query::statement::ByType>;
}

fn main() {
    let _ = case;
}
