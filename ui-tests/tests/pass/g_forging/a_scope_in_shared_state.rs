use std::sync::Mutex;
use tenancy::OrgScope;
use tenancy::scope::Brand;

struct State {
    scope: Mutex<Option<OrgScope<Brand<'static>>>>,
}

fn case(scope: &OrgScope, state: &State) {
    scope.enter_sync(|scope| {
        let _ = (&state.scope, scope);
    })
}

fn main() {
    let _ = case;
}
