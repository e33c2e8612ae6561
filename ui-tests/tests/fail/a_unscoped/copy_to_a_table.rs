// attack: A15
//~ E0277 TEN0001
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;

// Many tables: what rustc lists is then names in their order, and no places (README, "Bless").
tenancy::schema! {
    global(a, b, c, d, e, f, g, h, i, j);
    diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, amount -> Integer, } }
    diesel::table! { a (id) { id -> Integer, } }
    diesel::table! { b (id) { id -> Integer, } }
    diesel::table! { c (id) { id -> Integer, } }
    diesel::table! { d (id) { id -> Integer, } }
    diesel::table! { e (id) { id -> Integer, } }
    diesel::table! { f (id) { id -> Integer, } }
    diesel::table! { g (id) { id -> Integer, } }
    diesel::table! { h (id) { id -> Integer, } }
    diesel::table! { i (id) { id -> Integer, } }
    diesel::table! { j (id) { id -> Integer, } }
}

fn case(scope: &OrgScope) {
    let _ = diesel::dsl::copy_to(invoices::table);
}

fn main() {
    let _ = case;
}
