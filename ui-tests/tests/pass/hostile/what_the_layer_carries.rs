use axum::http::Extensions;

fn case(extensions: &Extensions) {
    let _ = extensions.get::<tenancy::OrgId>();
}

fn main() {
    let _ = case;
}
