// attack: G07
//~ E0277 OrgScope
use tenancy::OrgScope;

fn copy<T: Clone>(one: &T) -> T {
    one.clone()
}

fn case(scope: OrgScope) {
    let _ = (copy(&scope), scope);
}

fn main() {
    let _ = case;
}
