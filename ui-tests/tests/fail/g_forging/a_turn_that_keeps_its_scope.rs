// attack: G19
//~ E0521 turn
use tenancy::db::Sqlite;
use tenancy::job::{Directory, EachOrg, Worker};
use tenancy::scope::Subject;
use tenancy::{OrgId, TenantDb};
use ui_tests::billing::invoices;

async fn case<D: Directory>(worker: &Worker<D>, db: &TenantDb<Sqlite>, actor: &Subject, orgs: Vec<OrgId>) {
    let kept = std::sync::Mutex::new(None);
    let keep = &kept;
    let work = async |turn: EachOrg<'_, '_, '_, Sqlite>| {
        *keep.lock().unwrap() = Some(turn.scope);
        Ok::<_, diesel::result::Error>(())
    };
    let _ = worker.for_each_org(db, "nightly", actor, orgs, work).await;
}

fn main() {
    let _ = invoices::id;
}
