// attack: G07
//~ E0308 OrgScope
use tenancy::OrgScope;

fn case(scope: &OrgScope) {
    let _: OrgScope = scope.to_owned();
}

fn main() {
    let _ = case;
}
