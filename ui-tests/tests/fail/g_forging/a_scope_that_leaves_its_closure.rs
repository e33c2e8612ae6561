// attack: G24
use tenancy::OrgScope;
use tenancy::scope::Brand;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        scope
    })
}

fn main() {
    let _ = case;
}
