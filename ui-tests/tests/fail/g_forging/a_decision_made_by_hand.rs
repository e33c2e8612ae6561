// attack: G48
//~ E0423 FoundBy
use tenancy::OrgId;
use tenancy::scope::{FoundBy, LocalDecision, Subject};

fn case(org: OrgId, subject: Subject, found: FoundBy) -> LocalDecision {
    drop(found);
    FoundBy(()).this_check(org, subject)
}

fn main() {
    let _ = case;
}
