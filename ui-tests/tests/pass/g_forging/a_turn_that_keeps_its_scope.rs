// attack: G19
use tenancy::db::Sqlite;
use tenancy::job::{Directory, EachOrg, Worker};
use tenancy::scope::Subject;
use tenancy::{OrgId, TenantDb};
use ui_tests::billing::invoices;

async fn case<D: Directory>(worker: &Worker<D>, db: &TenantDb<Sqlite>, actor: &Subject, orgs: Vec<OrgId>) {
    let work = async |turn: EachOrg<'_, '_, '_, Sqlite>| {
        let _kept = Some(turn.scope);
        Ok::<_, diesel::result::Error>(())
    };
    let _ = worker.for_each_org(db, "nightly", actor, orgs, work).await;
}

fn main() {
    let _ = invoices::id;
}
