// attack: G20
//~ - OrgScope
use tenancy::OrgScope;
use tenancy::scope::Brand;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        let _: &'static OrgScope<Brand<'static>> = Box::leak(Box::new(scope));
    })
}

fn main() {
    let _ = case;
}
