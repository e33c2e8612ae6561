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
    let _ = any::<u8>();
    let _ = None::<OrgScope>;
}

fn main() {
    let _ = case;
}
