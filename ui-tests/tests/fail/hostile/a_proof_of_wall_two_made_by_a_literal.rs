// attack: none, a proof that no sealed database gave out
use tenancy::db::WallTwo;

fn case(given: WallTwo) -> WallTwo {
    let _ = given;
    WallTwo(()) //~ E0423 WallTwo
}

fn main() {
    let _ = case;
}
