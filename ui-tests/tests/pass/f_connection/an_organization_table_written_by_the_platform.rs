use tenancy::db::PlatformScope;
use tenancy::prelude::*;
use ui_tests::billing::{currencies, invoices};

fn case(platform: &PlatformScope) {
    let _ = (platform.insert_into(currencies::table), invoices::id);
}

fn main() {
    let _ = case;
}
