use tenancy::OrgScope;
use tenancy::scope::Brand;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        drop::<OrgScope<Brand<'_>>>(scope)
    })
}

fn main() {
    let _ = case;
}
