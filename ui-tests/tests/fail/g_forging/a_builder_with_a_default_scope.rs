// attack: G06
//~ E0277 OrgScope
use tenancy::OrgScope;

#[derive(Default)]
struct Builder {
    scope: OrgScope,
}

fn case() {
    let _ = Builder::default().scope;
}

fn main() {
    let _ = case;
}
