// attack: F32
//~ E0308 OrgScope
use tenancy::OrgScope;
use tenancy::scope::Platform;

fn of_the_platform(_: &OrgScope<Platform>) {}

fn case(scope: &OrgScope) {
    of_the_platform(scope);
}

fn main() {
    let _ = case;
}
