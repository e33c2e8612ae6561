// attack: G02
//~ E0277 OrgScope
use tenancy::OrgScope;

fn takes(_: OrgScope) {}

fn case(scope: OrgScope) {
    let _ = scope;
    takes(Default::default());
}

fn main() {
    let _ = case;
}
