// attack: G03
use tenancy::OrgScope;

fn case() {
    let _ = OrgScope::<tenancy::scope::Request>::mint;
}

fn main() {
    let _ = case;
}
