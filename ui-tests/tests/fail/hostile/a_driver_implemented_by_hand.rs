// attack: G12
//~ E0277 -
use tenancy::db::Driver;

struct Mine;

impl Driver for Mine {}

fn case() {
    let _ = Mine;
}

fn main() {
    let _ = case;
}
