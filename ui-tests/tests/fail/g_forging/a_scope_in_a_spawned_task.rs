// attack: G21
//~ E0521 OrgScope
use tenancy::OrgScope;

fn spawn(_: impl FnOnce() + Send + 'static) {}

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        spawn(move || drop(scope));
    })
}

fn main() {
    let _ = case;
}
