//! The texts of family G: what stands around the wall. What they do is in `g_owners.rs`, `g_names.rs`, `g_wall.rs`, `g_code.rs`.

use super::context::Context;
use super::rule::Check::Catalog;
use super::rule::Severity::{Critical, High};
use super::rule::{Hit, Rule};
use super::{g_code, g_names, g_owners, g_wall};

/// The rules of this family stand on the second document: without it each says that it could not look.
macro_rules! read {
    ($of:path) => {
        Catalog(|cx: &Context<'_>| match cx.catalog.reach.failed.as_str() {
            "" => $of(cx),
            why => vec![Hit::new("the audit", format!("the rule failed, so it saw nothing: {why}")).at(High)],
        })
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "G01",
        severity: High,
        title: "an object that statements reach belongs to a role that nobody accepted",
        what: "Owners of every object in the schemas of declared tables and of the service's `search_path`, of the server's own schemas, of languages and extensions, and of the types, functions, triggers and sequences that declared tables use anywhere. Accepted are superusers, the owner of the database, the owner of the wall, the role that owns most tenant tables, the one that runs the audit, and those named with `--administrator`. Medium where no login can take the owner's role.",
        why: "An owner may replace a function, a view, a type's check or a table's trigger, and every session of the service then runs what it wrote.",
        fix: "`ALTER .. OWNER TO` the role that migrates, or name the owner with `--administrator`.",
        check: read!(g_owners::g01),
    },
    Rule {
        id: "G02",
        severity: High,
        title: "a name without a schema may lead elsewhere",
        what: "The `search_path` of the service's role, of the database and of the server, and those that other roles have stored: each declared table without a schema is found where it was declared; no schema of the path, one of the role's own name among them, belongs to others or lets others create; no operator or function of a user has a name of the server's own. Critical: a declared table's name leads to another relation. Low: a function of numbers and dates only.",
        why: "Diesel writes names without a schema: whoever owns what they lead to sees and answers the service's statements.",
        fix: "Drop what stands before, `REVOKE CREATE ON SCHEMA`, `ALTER ROLE .. RESET search_path`.",
        check: read!(g_names::g02),
    },
    Rule {
        id: "G03",
        severity: Critical,
        title: "an object stands among the server's own, or replaces one",
        what: "Objects in `pg_catalog` and `information_schema` that neither `initdb` nor an extension made; functions, operators, casts, types and operator families of the server's own that were changed afterwards; casts between its types; members that were added to an extension by hand. Grants alone are no change.",
        why: "The verifier and every statement use the server's own names: they are found before any other, and nothing else looks at them.",
        fix: "Drop it; restore the server's own from a dump of a fresh cluster; `ALTER EXTENSION .. DROP ..`.",
        check: read!(g_names::g03),
    },
    Rule {
        id: "G04",
        severity: Critical,
        title: "the wall's own schema or owner has more than `rls apply` makes",
        what: "Every object in the schema `tenancy`; the columns, defaults, constraints, indexes, statistics and policies of `tenancy.key`; and what else belongs to the owner of the wall.",
        why: "A check, an index expression or a function of the keys' owner is code that reads the keys.",
        fix: "Drop it, then rotate the key: `tenancy keys rotate`.",
        check: read!(g_wall::g04),
    },
    Rule {
        id: "G05",
        severity: High,
        title: "code outside of the wall names the token or the keys",
        what: "Functions, views, rules, defaults and checks that name `tenancy.scope`, `tenancy.key` or both halves of a key.",
        why: "A token that is copied acts for its organization as long as it lives; a key acts for all of them.",
        fix: "Drop it, or ask `tenancy.org()` for the organization.",
        check: read!(g_wall::g05),
    },
    Rule {
        id: "G06",
        severity: High,
        title: "a policy runs code that may tell rows",
        what: "Restrictive policies of tenant tables, and policies of shared and platform tables: functions and operators of users, domains' checks, and the server's own functions that are not leakproof and are given a column.",
        why: "Restrictive policies run before ours, on rows of every organization; a notice, an error or a setting tells them. What a shared table's policy calls runs in armed sessions.",
        fix: "Compare columns with constants by the server's own operators, or drop the policy.",
        check: read!(g_code::g06),
    },
    Rule {
        id: "G07",
        severity: High,
        title: "another login gains by a function, a view or the server's own objects",
        what: "SECURITY DEFINER functions that an undeclared role may execute; views with their owner's eyes on platform, undeclared and secret tables that the service's role or an undeclared one may read; grants on the server's own tables and functions for files, passwords, statistics and replication; a database that may be copied as a template.",
        why: "Each shows or changes what nobody has decided to show.",
        fix: "Revoke it; once reviewed, name the function with `--definer` or the role with `--reader`.",
        check: read!(g_code::g07),
    },
];
