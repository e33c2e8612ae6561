use tenancy::OrgScope;
use tenancy::scope::Brand;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        let _: Option<&'static OrgScope<Brand<'static>>> = None;
        let _ = scope;
    })
}

fn main() {
    let _ = case;
}
