// attack: G06
//~ E0277 OrgScope
use tenancy::OrgScope;

fn any<T: Arbitrary>() -> T {
    T::any()
}

trait Arbitrary: Sized {
    fn any() -> Self;
}

impl<T: Default> Arbitrary for T {
    fn any() -> T {
        T::default()
    }
}

fn case() {
    let _ = any::<OrgScope>();
}

fn main() {
    let _ = case;
}
