//! A claim and an id are data: they are read, shown, stored and compared, and that is all.

use tenancy::{OrgId, RequestedOrg};
use uuid::Uuid;

#[test]
fn a_claim_is_compared_and_never_more() {
    let org = OrgId::new(Uuid::from_u128(7));
    let claim: RequestedOrg = serde_json::from_str(&format!("\"{org}\"")).unwrap();
    assert_eq!(claim, org);
    assert!(claim.names(org) && !RequestedOrg::new("acme").names(org));
    assert_eq!(claim.to_string(), org.to_string());
    assert_eq!(serde_json::to_string(&claim).unwrap(), serde_json::to_string(&org).unwrap());
    assert_ne!(RequestedOrg::from(Uuid::from_u128(8).to_string()), org);
    // Text that cannot be an id is kept as it was said, for the log.
    assert_eq!(RequestedOrg::from("'; DROP TABLE invoices").as_str(), "'; DROP TABLE invoices");
}
