// attack: G19
//~ E0521 OrgScope
use std::cell::RefCell;
use tenancy::OrgScope;
use tenancy::scope::Brand;

thread_local! {
    static STASH: RefCell<Option<OrgScope<Brand<'static>>>> = const { RefCell::new(None) };
}

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        STASH.set(Some(scope));
    })
}

fn main() {
    let _ = case;
}
