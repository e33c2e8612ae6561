use tenancy::OrgId;
use tenancy_gateway::Session;

fn case(id: OrgId) {
    let _ = (id, None::<Session>);
}

fn main() {
    let _ = case;
}
