use tenancy::OrgScope;

fn takes(_: OrgScope) {}

fn case(scope: OrgScope) {
    takes(scope);
}

fn main() {
    let _ = case;
}
