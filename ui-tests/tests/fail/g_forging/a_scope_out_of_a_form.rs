// attack: G43
//~ E0277 OrgScope
use axum::Form;
use axum::extract::FromRequest;
use tenancy::OrgScope;

fn argument<T: FromRequest<()>>() {}

fn case() {
    argument::<Form<OrgScope>>();
}

fn main() {
    let _ = case;
}
