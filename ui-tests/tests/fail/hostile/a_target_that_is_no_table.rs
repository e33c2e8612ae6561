// attack: G12
//~ E0277 TEN0007
use tenancy::NeedsOrgScope;
use tenancy::prelude::*;
use tenancy::query::{AsTable, ScopeTarget};

struct Mine;

impl ScopeTarget for Mine {
    type As = AsTable;
}

fn case(scope: &OrgScope) {
    let _ = scope.from(NeedsOrgScope::<Mine>::new());
}

fn main() {
    let _ = case;
}
