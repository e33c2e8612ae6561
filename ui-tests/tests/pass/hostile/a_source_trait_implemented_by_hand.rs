use tenancy::query::ScopedSource;
use tenancy::scope::Request;

struct Raw;

fn needs<B>(_: impl ScopedSource<B>) {}

fn case() {
    let _ = (Raw, needs::<Request>);
}

fn main() {
    let _ = case;
}
