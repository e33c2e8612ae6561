use std::cell::RefCell;
use tenancy::OrgScope;
use tenancy::scope::Brand;

thread_local! {
    static STASH: RefCell<Option<OrgScope<Brand<'static>>>> = const { RefCell::new(None) };
}

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        let _ = (&STASH, scope);
    })
}

fn main() {
    let _ = case;
}
