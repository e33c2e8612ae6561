// attack: G13
//~ E0603 -
fn case() {
    let _ = None::<tenancy::query::statement::ByType>;
}

fn main() {
    let _ = case;
}
