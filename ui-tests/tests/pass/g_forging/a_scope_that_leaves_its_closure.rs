use tenancy::OrgScope;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        drop(scope);
    })
}

fn main() {
    let _ = case;
}
