//! What is a member of an extension, and what was made one: told by the transactions that made them, so each statement here is one.

use super::{Built, chosen, manifest, told};
use crate::Audit;

#[tokio::test]
async fn what_was_added_to_an_extension_by_hand_is_found() {
    let built = Built::new().await;
    for sql in [
        "CREATE EXTENSION citext SCHEMA public",
        "CREATE EXTENSION hstore VERSION '1.4' SCHEMA public",
        // Ordinary changes of extensions raise no finding.
        "ALTER EXTENSION hstore UPDATE",
        "GRANT EXECUTE ON FUNCTION public.hstore(text, text) TO PUBLIC",
        "ALTER EXTENSION citext SET SCHEMA billing",
        "VACUUM FULL pg_catalog.pg_depend",
    ] {
        built.db.psql(sql);
    }
    let (manifest, options) = (manifest(), &built.options);
    let found = async || {
        let mut report = Audit::new(built.db.url(), &manifest, options).run().await.expect("the database is read");
        report.findings.retain(|finding| chosen(finding, options));
        (report.rule_ids(), told(&report))
    };
    let (quiet, text) = found().await;
    assert!(quiet.is_empty(), "{text}");
    built.db.psql("CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    built.db.psql("ALTER EXTENSION citext ADD FUNCTION public.f()");
    let (ids, text) = found().await;
    assert_eq!(ids, ["G03"], "{text}");
}
