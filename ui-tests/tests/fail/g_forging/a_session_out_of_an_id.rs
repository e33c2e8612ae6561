// attack: G45
//~ E0277 Session
use tenancy::OrgId;
use tenancy_gateway::Session;

fn case(id: OrgId) {
    let _ = <Session as From<OrgId>>::from(id);
}

fn main() {
    let _ = case;
}
