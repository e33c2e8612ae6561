use tenancy::scope::{FoundBy, LocalDecision, Subject};
use tenancy::{RequestedOrg, OrgId};

fn case(claim: RequestedOrg, org: OrgId, subject: Subject, found: FoundBy) -> LocalDecision {
    let _ = (&claim, org);
    found.this_check(org, subject)
}

fn main() {
    let _ = case;
}
