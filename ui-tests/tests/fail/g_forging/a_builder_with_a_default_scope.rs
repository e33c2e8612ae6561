// attack: G06
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
