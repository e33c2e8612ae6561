//! The grants of both roles are enough for their statements, and no more.

use super::*;

/// Plans a statement, for which PostgreSQL checks the role's rights.
fn planned(text: &NamedText) -> String {
    let values = vec!["NULL"; text.parameters.len()].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    format!("{}\nEXPLAIN EXECUTE one{values};\nDEALLOCATE one;\n", prepared(text, "one"))
}

/// Every right that a role was given on a table, a sequence or a column.
const RIGHTS: &str = "SELECT e.privilege_type || ' ON ' || c.relname FROM pg_class c, aclexplode(c.relacl) e \
     WHERE e.grantee = '\"ROLE\"'::regrole UNION ALL SELECT e.privilege_type || ' (' || a.attname || ') ON ' || a.attrelid::regclass \
     FROM pg_attribute a, aclexplode(a.attacl) e WHERE e.grantee = '\"ROLE\"'::regrole ORDER BY 1";

/// What a role may have had before, of which nothing remains.
const BEFORE: &str = "GRANT ALL ON gateway_audit, gateway_staff, gateway_migrations TO ROLE WITH GRANT OPTION; \
     GRANT UPDATE (slug), REFERENCES (id) ON gateway_organizations TO ROLE; GRANT SELECT ON gateway_sessions TO ROLE";

/// All of these statements, and nothing that none of them needs: each right in turn is taken away.
fn exactly(grants: &str, statements: &[&NamedText], role: &str) {
    let database = Database::create();
    database.psql_script(&postgres_script(POSTGRES)).unwrap();
    let before = BEFORE.replace("ROLE", &format!("\"{role}\""));
    database.psql(&format!("CREATE ROLE \"{role}\"; {before}; {grants}"));
    let script = statements.iter().map(|text| planned(text)).collect::<String>();
    database.psql(&format!("SET ROLE \"{role}\"; {script}"));
    let rights = database.psql(&RIGHTS.replace("ROLE", role));
    assert!(rights.lines().count() > 10, "{rights}");
    for right in rights.lines() {
        let without = format!("BEGIN; REVOKE {right} FROM \"{role}\"; SET LOCAL ROLE \"{role}\"; {script} ROLLBACK");
        let answer = database.try_psql(&without);
        assert!(answer.is_err_and(|why| why.contains("permission denied")), "no statement needs {right}");
    }
    database.psql(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\""));
}

/// Sign-in has statements too.
#[cfg(feature = "oidc")]
#[test]
fn the_gateways_grants_are_enough_and_no_more() {
    // A name that needs its quotes.
    let role = format!("Gateway of {}", std::process::id());
    // What the owner of the tables does.
    let statements: Vec<_> = on_postgres().into_iter().filter(|text| text.name != "RecordMigration").collect();
    exactly(&postgres_grants(&role).unwrap(), &statements, &role);
}

#[test]
fn the_grants_of_epochs_are_enough_and_no_more() {
    let role = format!("Epochs of {}", std::process::id());
    let statements: Vec<_> = epoch_statements().iter().collect();
    exactly(&epochs_grants(&role).unwrap(), &statements, &role);
}

/// A line's number is the database's: with one of its own choice a gateway could put a line before others.
#[test]
fn the_gateway_gives_no_number_to_a_line_of_the_audit_log() {
    let (database, role) = (Database::create(), format!("numbers_{}", std::process::id()));
    database.psql_script(&postgres_script(POSTGRES)).unwrap();
    database.psql(&format!("CREATE ROLE {role}; {}", postgres_grants(&role).unwrap()));
    let insert = "INTO gateway_audit (id, at, event) OVERRIDING SYSTEM VALUE VALUES (-7, 0, 'x')";
    let said = database.try_psql(&format!("SET ROLE {role}; INSERT {insert}")).unwrap_err();
    assert!(said.contains("permission denied"), "{said}");
    database.psql(&format!("SET ROLE {role}; INSERT INTO gateway_audit (at, event) VALUES (0, 'x')"));
    database.psql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
