// attack: none, a proof that no sealed database gave out
use tenancy::db::WallTwo;

fn case(given: WallTwo) -> WallTwo {
    given
}

fn main() {
    let _ = case;
}
