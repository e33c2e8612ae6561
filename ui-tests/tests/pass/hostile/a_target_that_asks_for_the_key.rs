use tenancy::query::{AsTable, ScopeTarget};

struct Mine;

impl ScopeTarget for Mine {
    type As = AsTable;
}

fn case() {
    let _ = Mine;
}

fn main() {
    let _ = case;
}
