use tenancy::OrgScope;
use tenancy::scope::Brand;

fn shorten<'short, 'long: 'short>(scope: OrgScope<Brand<'long>>) -> OrgScope<Brand<'long>> {
    scope
}

fn case() {
    let _ = shorten;
}

fn main() {
    let _ = case;
}
