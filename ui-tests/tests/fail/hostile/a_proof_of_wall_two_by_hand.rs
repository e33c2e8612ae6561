// attack: none, a type of the service that claims to prove wall two
use tenancy::db::ProvesWallTwo;

struct Mine;

impl ProvesWallTwo for Mine {} //~ E0277 Sealed

fn main() {
    let _ = Mine;
}
