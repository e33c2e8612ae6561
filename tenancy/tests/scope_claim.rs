//! A claim and an id are data: they are read, shown, stored and compared, and that is all.

use tenancy::{Claim, OrgId};
use uuid::Uuid;

#[test]
fn a_claim_is_compared_and_never_more() {
    let org = OrgId::new(Uuid::from_u128(7));
    let claim: Claim = serde_json::from_str(&format!("\"{org}\"")).unwrap();
    assert_eq!(claim, org);
    assert!(claim.names(org) && !Claim::new("acme").names(org));
    assert_eq!(claim.to_string(), org.to_string());
    assert_eq!(serde_json::to_string(&claim).unwrap(), serde_json::to_string(&org).unwrap());
    assert_ne!(Claim::from(Uuid::from_u128(8).to_string()), org);
    // Text that cannot be an id is kept as it was said, for the log.
    assert_eq!(Claim::from("'; DROP TABLE invoices").as_str(), "'; DROP TABLE invoices");
}
