// attack: G48
//~ E0308 OrgId
use tenancy::scope::{FoundBy, LocalDecision, Subject};
use tenancy::{RequestedOrg, OrgId};

fn case(claim: RequestedOrg, org: OrgId, subject: Subject, found: FoundBy) -> LocalDecision {
    let _ = (&claim, org);
    found.this_check(claim, subject)
}

fn main() {
    let _ = case;
}
