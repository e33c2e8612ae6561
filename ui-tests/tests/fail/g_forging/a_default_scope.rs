// attack: G02
use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let _ = (scope, OrgScope::default());
}

fn main() {
    let _ = case;
}
