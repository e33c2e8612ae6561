// attack: F32
//~ E0277 TEN0012
use tenancy::db::PlatformScope;
use ui_tests::billing::{currencies, invoices};

fn case(platform: &PlatformScope) {
    let _ = (platform.from(invoices::table), currencies::code);
}

fn main() {
    let _ = case;
}
