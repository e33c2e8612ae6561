use tenancy::OrgId;
use tenancy::scope::{FoundBy, LocalDecision, Subject};

fn case(org: OrgId, subject: Subject, found: FoundBy) -> LocalDecision {
    found.this_check(org, subject)
}

fn main() {
    let _ = case;
}
