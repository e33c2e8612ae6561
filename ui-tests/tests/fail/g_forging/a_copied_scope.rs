// attack: G07
//~ E0382 OrgScope
use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let first = scope;
    let _ = (first, scope);
}

fn main() {
    let _ = case;
}
