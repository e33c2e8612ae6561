// attack: G03
//~ E0624 OrgScope
use tenancy::OrgScope;

fn case() {
    let _ = OrgScope::<tenancy::scope::Request>::mint;
}

fn main() {
    let _ = case;
}
