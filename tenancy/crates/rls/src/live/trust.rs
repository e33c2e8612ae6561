//! What a plan rests on, looked at before anything is read or run: event triggers, the keys, the gateway's directory.

use super::error::LiveError;
use crate::locked_reads::{NOT_THERE, Read, UntrustedError, key, reads, text};
use crate::options::{Level, Options};
use diesel::result::Error;
use diesel_async::AsyncPgConnection;

/// Event triggers run at every DDL statement, with the rights of the role that sends it. Only superusers make them; their functions
/// may belong to a role that cannot act for this one, and then that role would.
pub(super) async fn event_triggers(conn: &mut AsyncPgConnection) -> Result<(), LiveError> {
    let sql = "SELECT (SELECT e.evtname::text FROM pg_catalog.pg_event_trigger e \
                 JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid \
                WHERE e.evtenabled <> 'D' AND NOT p.prosecdef AND NOT pg_catalog.pg_has_role(p.proowner, current_user, \
                      CASE WHEN pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) \
                ORDER BY 1 LIMIT 1) AS json";
    match text(conn, sql).await.map_err(LiveError::Catalog)? {
        Some(name) => {
            let why = "the function of this event trigger belongs to a role that cannot act for yours, and runs with your rights at \
                       every change of the schema: give it to a superuser, or disable the trigger";
            Err(UntrustedError::new(format!("event trigger {name}"), why).into())
        }
        None => Ok(()),
    }
}

/// What the wall itself rests on: the keys, and the gateway's directory, which the verifier's owner reads.
pub(super) async fn of_the_wall(conn: &mut AsyncPgConnection, options: &Options) -> Result<(), LiveError> {
    if options.level == Level::Sealed {
        match key(conn).await {
            Err(Error::QueryBuilderError(why)) => match why.downcast::<UntrustedError>() {
                Ok(untrusted) => return Err((*untrusted).into()),
                Err(why) => return Err(LiveError::Catalog(Error::QueryBuilderError(why))),
            },
            looked => looked.map_err(LiveError::Catalog)?,
        }
    }
    let Some(schema) = &options.directory else { return Ok(()) };
    let tables = ["gateway_users", "gateway_organizations"];
    let tables = tables.map(|table| Read(schema.clone(), table.to_owned(), Vec::new()));
    let found = reads(conn, &tables).await.map_err(LiveError::Catalog)?;
    for (Read(schema, table, _), why) in tables.iter().zip(found) {
        // A table that is not there yet: the gateway's own migration comes first, and the step says so.
        if let Some(why) = why.filter(|why| why != NOT_THERE) {
            let why = format!("{why}; the wall's owner reads it for `compare_epochs`, and would run that code");
            return Err(UntrustedError::new(format!("{schema}.{table}"), why).into());
        }
    }
    Ok(())
}
