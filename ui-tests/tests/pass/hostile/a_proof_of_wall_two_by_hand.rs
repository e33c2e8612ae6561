// attack: none, a type of the service that claims to prove wall two
use tenancy::db::WallTwo;

struct Mine;

impl From<WallTwo> for Mine {
    fn from(_: WallTwo) -> Self {
        Self
    }
}

fn main() {
    let _ = Mine;
}
