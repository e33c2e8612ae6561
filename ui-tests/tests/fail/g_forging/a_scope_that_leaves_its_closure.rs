// attack: G24
//~ E0308 OrgScope
use tenancy::OrgScope;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        scope
    })
}

fn main() {
    let _ = case;
}
