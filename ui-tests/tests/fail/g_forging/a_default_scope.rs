// attack: G02
//~ E0599 OrgScope
use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let _ = (scope, OrgScope::default());
}

fn main() {
    let _ = case;
}
