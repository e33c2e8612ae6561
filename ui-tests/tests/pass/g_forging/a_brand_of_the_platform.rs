use tenancy::OrgScope;
use tenancy::scope::Request;

fn of_the_platform(_: &OrgScope<Request>) {}

fn case(scope: &OrgScope) {
    of_the_platform(scope);
}

fn main() {
    let _ = case;
}
