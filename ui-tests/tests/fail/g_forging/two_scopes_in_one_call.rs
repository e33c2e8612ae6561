// attack: G28
//~ E0521 OrgScope
//~ E0521 OrgScope
use tenancy::OrgScope;

fn same<B>(one: &OrgScope<B>, two: &OrgScope<B>) -> bool {
    one.org_id() == two.org_id()
}

fn case(one: &OrgScope, two: &OrgScope) {
    let _ = one.enter_sync(|one| two.enter_sync(|two| same(&one, &two)));
}

fn main() {
    let _ = case;
}
