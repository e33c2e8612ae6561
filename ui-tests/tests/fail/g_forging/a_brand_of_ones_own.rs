// attack: G12
//~ E0277 AnyBrand
use tenancy::OrgScope;
use tenancy::scope::AnyBrand;

struct Mine;

fn serve<B: AnyBrand>(_: &OrgScope<B>) {}

fn main() {
    let _: fn(&OrgScope<Mine>) = serve::<Mine>;
}
