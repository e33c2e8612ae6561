// attack: G12 G13
//~ E0277 Scopable
use tenancy::query::Scopable;

struct Mine;

impl Scopable for Mine {}

fn case() {
    let _ = Mine;
}

fn main() {
    let _ = case;
}
