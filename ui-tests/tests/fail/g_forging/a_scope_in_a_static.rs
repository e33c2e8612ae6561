// attack: G19
//~ E0521 OrgScope
use std::sync::Mutex;
use tenancy::OrgScope;
use tenancy::scope::Brand;

static STASH: Mutex<Option<OrgScope<Brand<'static>>>> = Mutex::new(None);

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        *STASH.lock().unwrap() = Some(scope);
    })
}

fn main() {
    let _ = case;
}
