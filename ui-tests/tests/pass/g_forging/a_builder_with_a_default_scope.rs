use tenancy::OrgScope;

#[derive(Default)]
struct Builder {
    scope: Option<OrgScope>,
}

fn case() {
    let _ = Builder::default().scope;
}

fn main() {
    let _ = case;
}
