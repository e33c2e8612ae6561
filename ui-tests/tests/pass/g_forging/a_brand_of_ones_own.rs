use tenancy::OrgScope;
use tenancy::scope::{AnyBrand, Request};

#[allow(dead_code)]
struct Mine;

fn serve<B: AnyBrand>(_: &OrgScope<B>) {}

fn main() {
    let _: fn(&OrgScope<Request>) = serve::<Request>;
}
