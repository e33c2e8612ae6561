// attack: G30
//~ E0277 Level
use tenancy::permit::Level;

struct Everything;

impl Level for Everything {}

fn case() {
    let _ = Everything;
}

fn main() {
    let _ = case;
}
