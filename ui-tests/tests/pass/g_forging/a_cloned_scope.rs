use tenancy::OrgScope;

fn copy<T: Clone>(one: &T) -> T {
    one.clone()
}

fn case(scope: OrgScope) {
    let _ = (copy(&1), scope);
}

fn main() {
    let _ = case;
}
