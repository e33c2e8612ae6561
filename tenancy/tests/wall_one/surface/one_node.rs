//! The surface on a distributed database, without one: each statement of `sql/*.sql` can be answered by the node that
//! holds its organization. `docs/guide/scaling-out.md` says what is shown where.

mod citus;
mod explained;
mod partitioned;

use crate::surface::router;
use crate::surface::{billing, golden};
use uuid::Uuid;

/// The organization of the golden statements.
const A: Uuid = Uuid::from_u128(billing::A);

/// Statements that no distributed database runs as they are, each with the reason.
const NOT_DISTRIBUTED: [(&str, &str); 3] = [
    ("upserts: on primary key", "ON CONFLICT (id) needs a unique key without the organization"),
    ("upserts: on primary key returning", "ON CONFLICT (id) needs a unique key without the organization"),
    ("reads: filter by another organization", "asks for the rows of two organizations at once: no node has any"),
];

/// Statements that name no organization table: any node can answer them.
const GLOBAL_ONLY: [&str; 1] = ["reads: global"];

/// One statement of the surface on PostgreSQL.
struct Statement {
    name: String,
    sql: String,
    /// The binds as diesel shows them.
    binds: String,
}

impl Statement {
    fn all() -> Vec<Statement> {
        let all = golden::all("postgres").into_iter().map(|(name, text)| {
            let (sql, binds) = text.rsplit_once(" -- binds: ").expect("binds are shown");
            Statement { name, sql: sql.to_owned(), binds: binds.to_owned() }
        });
        all.collect()
    }

    /// Why it is not distributed, if it is not.
    fn excepted(&self) -> Option<&'static str> {
        NOT_DISTRIBUTED.iter().find(|(name, _)| *name == self.name).map(|(_, why)| *why)
    }

    /// Its values as EXECUTE takes them.
    fn values(&self) -> String {
        let literal = |bind: &String| match bind.as_str() {
            crate::surface::support::sql::ORGANIZATION => format!("'{A}'"),
            "None" => "NULL".to_owned(),
            number if number.parse::<i64>().is_ok() => number.to_owned(),
            text if text.starts_with('"') => format!("'{}'", text.trim_matches('"').replace('\'', "''")),
            list if list.starts_with('[') => format!("'{{{}}}'", list.trim_matches(['[', ']'])),
            other => match other.strip_prefix("OrgId(").and_then(|rest| rest.strip_suffix(')')) {
                Some(organization) => format!("'{organization}'"),
                None => panic!("{}: what is {other}?", self.name),
            },
        };
        let binds = crate::surface::support::sql::split(&self.binds);
        let values: Vec<_> = binds.iter().filter(|bind| !bind.is_empty()).map(literal).collect();
        if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) }
    }

    fn global_only(&self) -> bool {
        GLOBAL_ONLY.contains(&self.name.as_str())
    }
}

#[test]
fn the_router_condition_is_known_when_seen() {
    router::shown::accepts_what_one_node_can_answer();
    router::shown::refuses_an_unscoped_table();
    router::shown::refuses_what_else_no_node_can_answer();
    router::shown::names_the_functions_of_writes();
}

#[test]
fn every_statement_of_the_surface_meets_the_router_condition() {
    let manifest = billing::schema_manifest();
    let mut carried = 0;
    for statement in Statement::all() {
        let carries = router::values::carries_as_shown(&statement.binds, A);
        let verdict = router::check(&statement.sql, &carries, &manifest);
        match (statement.excepted(), verdict) {
            (None, Ok(tables)) if tables.is_empty() == statement.global_only() => carried += tables.len(),
            (Some(_), Err(_)) => {}
            (Some(why), Ok(_)) => panic!("{} is excepted ({why}) and needs not be", statement.name),
            (None, verdict) => panic!("{}: {verdict:?}: {}", statement.name, statement.sql),
        }
    }
    println!("{carried} mentions of organization tables, each in the class of its scope");
    assert!(carried > 150, "{carried}");
}
