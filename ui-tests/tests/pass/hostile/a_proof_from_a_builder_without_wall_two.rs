// attack: none, a proof that no sealed database gave out
use tenancy::TenantDb;
use tenancy::db::WallTwo;
use tenancy::scope::Authority;

fn case(url: &str, authority: &Authority) -> WallTwo {
    TenantDb::postgres(url, authority).unsealed().wall_two()
}

fn main() {
    let _ = case;
}
