//! Family B: wall two is present, and is what was generated.

use crate::catalog::{Function, Oid, Policy, Relation};
use crate::context::{Context, PUBLIC, WALL_SCHEMA};
use crate::policy_text::{always_true, asks_late, bare_call, canonical};
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule};
use tenancy::schema::DeclaredTable;
use tenancy_rls::__private::{self as rls, Verifier};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "B01",
        severity: Critical,
        title: "row-level security is off",
        what: "`ROW LEVEL SECURITY` is enabled on every organization table.",
        why: "Policies of a table on which it is off do nothing.",
        fix: "`ALTER TABLE .. ENABLE ROW LEVEL SECURITY`; `tenancy rls plan` writes it.",
        check: Catalog(b01),
    },
    Rule {
        id: "B02",
        severity: Critical,
        title: "row-level security is not forced",
        what: "`FORCE ROW LEVEL SECURITY` on every organization table.",
        why: "Without it the table's owner, and whatever runs as the owner, sees every organization.",
        fix: "`ALTER TABLE .. FORCE ROW LEVEL SECURITY`.",
        check: Catalog(b02),
    },
    Rule {
        id: "B03",
        severity: High,
        title: "a granted command has no policy",
        what: "For each of SELECT, INSERT, UPDATE and DELETE that the service's role holds, a permissive policy that applies to it.",
        why: "The command fails for every role, or a policy will be added by hand.",
        fix: "Run `tenancy rls plan` again.",
        check: Catalog(b03),
    },
    Rule {
        id: "B04",
        severity: Critical,
        title: "several permissive policies apply",
        what: "At most one permissive policy applies to the service's role for a command.",
        why: "Permissive policies are joined by OR: the widest decides.",
        fix: "Drop the policy, or make it RESTRICTIVE.",
        check: Catalog(b04),
    },
    Rule {
        id: "B05",
        severity: Critical,
        title: "a policy differs from the generated one",
        what: "Command, USING and WITH CHECK of the policies that apply to the service's role, on partitions too, and the restrictive one for DELETE; other restrictive ones call no function of a user.",
        why: "What was reviewed is the generator; a policy changed by hand was not. One of an earlier release, `org_id = (SELECT tenancy.org())`, is asked after cheaper conditions of a statement: without a token its error says whether a row of any organization meets them.",
        fix: "Run `tenancy rls plan` and apply it.",
        check: Catalog(b05),
    },
    Rule {
        id: "B06",
        severity: Medium,
        title: "a policy is for PUBLIC, or for a role that is not declared",
        what: "Policies of organization tables are for the service's role, and for roles that are named with `--reader` or `--administrator`.",
        why: "Roles are let in without a decision: those that are created later, and undeclared ones.",
        fix: "`ALTER POLICY .. TO <the service's role>`.",
        check: Catalog(b06),
    },
    Rule {
        id: "B07",
        severity: Critical,
        title: "a policy is always true",
        what: "USING and WITH CHECK of permissive policies hold no constant true and no comparison of a thing with itself.",
        why: "Such a policy shows or takes rows of every organization.",
        fix: "Run `tenancy rls plan` and apply it.",
        check: Catalog(b07),
    },
    Rule {
        id: "B08",
        severity: Low,
        title: "the verifier's place in the policy does not fit the target",
        what: "On plain PostgreSQL the verifier stands in a sub-select; on Citus and CockroachDB it does not.",
        why: "Outside of a sub-select it may run once a row. Citus and CockroachDB refuse sub-selects in policies (then the severity is high).",
        fix: "Plan again with the right `--target`.",
        check: Catalog(b08),
    },
    Rule {
        id: "B09",
        severity: Critical,
        title: "a policy calls an IMMUTABLE function",
        what: "Volatility of the user functions that policies call.",
        why: "The planner folds the call into a constant: a cached plan of one organization answers the next one.",
        fix: "`ALTER FUNCTION .. STABLE`.",
        check: Catalog(b09),
    },
    Rule {
        id: "B10",
        severity: Low,
        title: "a policy calls a VOLATILE or PARALLEL UNSAFE function",
        what: "Volatility and parallel safety of the user functions that policies call.",
        why: "Correct, but slow: called once a row, or no parallel plans.",
        fix: "`ALTER FUNCTION .. STABLE PARALLEL SAFE`, if that is true of it.",
        check: Catalog(b10),
    },
    Rule {
        id: "B11",
        severity: Critical,
        title: "a policy's SECURITY DEFINER function has no fixed search_path",
        what: "`SET search_path` or a parsed body, with `pg_temp` last and no schema in which the service's role can create.",
        why: "A role that may create an operator or a temporary table can make the verifier accept any token.",
        fix: "`ALTER FUNCTION .. SET search_path = pg_catalog, pg_temp`.",
        check: Catalog(b11),
    },
    Rule {
        id: "B12",
        severity: High,
        title: "a policy reads another table",
        what: "Policies of organization tables refer to no relation but their own.",
        why: "What that table says decides who sees what, and it may be written by those whom it governs.",
        fix: "Keep the decision in the token; remove the sub-select.",
        check: Catalog(b12),
    },
    Rule {
        id: "B13",
        severity: Critical,
        title: "the verifier is not the generated one",
        what: "Body, owner, attributes and grants of `tenancy.org()`, `tenancy.org_rw()` and `tenancy.may_plan()`, that a sealed wall has its keys, that nothing else of their names stands beside them, and that no user's function, operator or cast has a name that they use.",
        why: "Everything that wall two shows rests on these functions.",
        fix: "Run `tenancy rls plan` and apply it.",
        check: Catalog(b13),
    },
    Rule {
        id: "B14",
        severity: Medium,
        title: "restrictive policies deny everything",
        what: "Restrictive policies that are constant false, or stand without a permissive one.",
        why: "The table is closed, and a hasty repair may open it too far.",
        fix: "Correct or drop the restrictive policy.",
        check: Catalog(b14),
    },
];

fn b01(cx: &Context<'_>) -> Vec<Hit> {
    let off = cx.tenants().filter(|(_, table)| !table.rls);
    off.map(|(_, table)| Hit::new(table.full_name(), "row-level security is off")).collect()
}

fn b02(cx: &Context<'_>) -> Vec<Hit> {
    let unforced = cx.tenants().filter(|(_, table)| !table.force);
    unforced.map(|(_, table)| Hit::new(table.full_name(), "row-level security is not forced")).collect()
}

const COMMANDS: [(&str, &str); 4] = [("SELECT", "r"), ("INSERT", "a"), ("UPDATE", "w"), ("DELETE", "d")];

fn covers(policy: &Policy, command: &str) -> bool {
    policy.command == "*" || policy.command == command
}

/// The permissive policies that decide a command for the service's role.
fn permissive<'a>(cx: &Context<'a>, table: &Relation, command: &str) -> Vec<&'a Policy> {
    let policies = cx.policies(table.oid).filter(|policy| policy.permissive && cx.applies(policy));
    policies.filter(|policy| covers(policy, command)).collect()
}

fn b03(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (_, table) in cx.tenants().filter(|(_, table)| table.rls) {
        let closed = |(privilege, command): &(&str, &str)| {
            cx.app_holds(table, privilege) && permissive(cx, table, command).is_empty()
        };
        let closed: Vec<&str> = COMMANDS.into_iter().filter(closed).map(|(privilege, _)| privilege).collect();
        if !closed.is_empty() {
            hits.push(Hit::new(table.full_name(), format!("no policy for {}", closed.join(", "))));
        }
    }
    hits
}

fn b04(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (_, table) in cx.tenants() {
        let several = COMMANDS.into_iter().map(|(_, command)| permissive(cx, table, command));
        if let Some(policies) = several.max_by_key(Vec::len).filter(|policies| policies.len() > 1) {
            let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
            hits.push(Hit::new(table.full_name(), format!("joined by OR: {}", names.join(", "))));
        }
    }
    hits
}

/// The restrictive policy that `rls apply` makes for DELETE, as it makes it.
pub(super) fn is_generated_guard(cx: &Context<'_>, table: Oid, name: &str) -> bool {
    let declared = cx.catalog.relation(table).and_then(|relation| cx.declared(relation));
    let expected = declared.and_then(|declared| generated(cx, declared));
    let mut guards =
        cx.policies(table).filter(|policy| policy.name == name && !policy.permissive && policy.check.is_none());
    expected.is_some_and(|[_, write]| guards.any(|guard| guard.using.as_deref().map(canonical) == Some(write.clone())))
}

/// The generated conditions of a table, for reading and for writing.
fn generated(cx: &Context<'_>, table: &DeclaredTable) -> Option<[Vec<String>; 2]> {
    let (column, storage) = (table.organization.as_deref()?, rls::storage(table)?);
    let target = cx.options.wall.target;
    Some([Verifier::Read, Verifier::Write].map(|of| canonical(&rls::condition(column, storage, of, target))))
}

fn b05(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = of_children(cx).chain(peeking(cx)).collect();
    for (declared, table) in cx.tenants() {
        let Some(expected) = generated(cx, declared) else { continue };
        let policies: Vec<&Policy> = cx.policies(table.oid).filter(|policy| cx.applies(policy)).collect();
        for policy in policies.iter().filter(|policy| policy.permissive && !as_generated(policy, &expected)) {
            hits.push(Hit::new(format!("{} {}", table.full_name(), policy.name), differs(policy)));
        }
        let guards = |policy: &&&Policy| {
            !policy.permissive
                && covers(policy, "d")
                && policy.using.as_deref().map(canonical).as_ref() == Some(&expected[1])
        };
        if cx.app_holds(table, "DELETE") && !policies.iter().any(|policy| guards(&policy)) {
            hits.push(Hit::new(table.full_name(), "the restrictive policy for DELETE is missing or differs"));
        }
    }
    hits
}

/// Nothing generates policies for partitions and children: their grants are taken instead.
fn of_children<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    cx.children().flat_map(move |(child, root)| {
        let declared = cx.catalog.relation(root).and_then(|root| cx.declared(root));
        let expected = declared.and_then(|declared| generated(cx, declared));
        let policies = cx.policies(child.oid).filter(|policy| policy.permissive && cx.applies(policy));
        let differing = policies.filter(move |policy| expected.as_ref().is_none_or(|e| !as_generated(policy, e)));
        differing.map(|policy| Hit::new(format!("{} {}", child.full_name(), policy.name), differs(policy)))
    })
}

/// Conditions of one table run in any order: a function sees rows that another condition would have hidden.
fn peeking<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    let restrictive = all(cx).filter(|(policy, _)| !policy.permissive);
    restrictive.filter_map(|(policy, name)| {
        let functions = policy.functions.iter().filter_map(|&oid| cx.catalog.function(oid));
        let other = functions.into_iter().find(|function| !cx.is_verifier(function))?;
        Some(Hit::new(name, format!("calls {}, which may see rows of every organization", other.full_name())))
    })
}

fn as_generated(policy: &Policy, [read, write]: &[Vec<String>; 2]) -> bool {
    let using = policy.using.as_deref().map(canonical);
    let check = policy.check.as_deref().map(canonical);
    match policy.command.as_str() {
        "r" => using.as_ref() == Some(read) && check.is_none(),
        "a" => check.as_ref() == Some(write),
        "d" => using.as_ref() == Some(write),
        "w" => using.is_some_and(|using| using == *read || using == *write) && check.as_ref() == Some(write),
        _ => using.as_ref() == Some(read) && check.as_ref() == Some(write),
    }
}

fn differs(policy: &Policy) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    let conditions = format!("USING {} WITH CHECK {}", text(&policy.using), text(&policy.check));
    match policy.using.as_deref().is_some_and(asks_late) {
        true => {
            format!("{conditions}: asked after cheaper conditions, its error says whether any organization has a value")
        }
        false => conditions,
    }
}

/// Every policy of an organization table or of a partition or child of one.
fn all<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Policy, String)> {
    let policies = cx.catalog.policies.iter().filter(|policy| cx.holds_tenants(policy.table));
    policies.map(|policy| (policy, format!("{} {}", cx.catalog.name_of(policy.table), policy.name)))
}

fn b06(cx: &Context<'_>) -> Vec<Hit> {
    let permissive = all(cx).filter(|(policy, _)| policy.permissive);
    let hits = permissive.filter_map(|(policy, name)| {
        let stranger = policy.roles.iter().find(|&&role| role == PUBLIC || !cx.declared_role(role))?;
        Some(Hit::new(name, format!("is for {}", cx.catalog.role_name(*stranger))))
    });
    hits.collect()
}

fn b07(cx: &Context<'_>) -> Vec<Hit> {
    let open = |text: &Option<String>| text.as_deref().is_some_and(always_true);
    // Who administrates may need such a policy: FORCE holds the owner too.
    let administrates = |policy: &Policy| policy.roles.iter().all(|&role| cx.administrates(role));
    let always = all(cx).filter(|(policy, _)| {
        policy.permissive && !administrates(policy) && (open(&policy.using) || open(&policy.check))
    });
    always.map(|(policy, name)| Hit::new(name, differs(policy))).collect()
}

fn b08(cx: &Context<'_>) -> Vec<Hit> {
    let wraps = cx.options.wraps();
    let wrong = all(cx).filter(|(policy, _)| {
        let texts = policy.using.iter().chain(&policy.check);
        texts.filter_map(|text| bare_call(text)).any(|bare| bare == wraps)
    });
    let hit = |(_, name)| match wraps {
        true => Hit::new(name, "the verifier stands outside of a sub-select"),
        false => Hit::new(name, "the verifier stands in a sub-select, which this target refuses").at(High),
    };
    wrong.map(hit).collect()
}

fn b09(cx: &Context<'_>) -> Vec<Hit> {
    // `may_plan` answers nothing that a plan could keep: it is true, or there is no plan. B13 compares it.
    let planning = |function: &Function| cx.is_verifier(function) && function.name == Verifier::MayPlan.name();
    let functions = cx.policy_functions().into_iter();
    let immutable = functions.filter(|function| function.volatility == "i" && !planning(function));
    immutable.map(|function| Hit::new(function.full_name(), "is IMMUTABLE and decides a policy")).collect()
}

fn b10(cx: &Context<'_>) -> Vec<Hit> {
    let slow = cx.policy_functions().into_iter().filter(|f| f.volatility == "v" || f.parallel != "s");
    slow.map(|function| Hit::new(function.full_name(), "is VOLATILE or not PARALLEL SAFE")).collect()
}

fn b11(cx: &Context<'_>) -> Vec<Hit> {
    let definers = cx.policy_functions().into_iter().filter(|function| function.definer);
    let wrong = definers.filter_map(|function| {
        let creatable = |schema: &str| {
            let mut schemas = cx.catalog.schemas.iter().filter(|found| found.name == schema);
            schemas.any(|s| s.acl.iter().any(|g| g.privilege == "CREATE" && cx.hands.contains(&g.grantee)))
        };
        let why = match function.search_path() {
            _ if !function.has_fixed_path() => "its search_path is not fixed",
            Some(path) if !path.ends_with("pg_temp") => "`pg_temp` is not last in its search_path, so it is first",
            Some(path) if path.split(',').any(|schema| creatable(schema.trim().trim_matches('"'))) => {
                "the service's role can create in a schema of its search_path"
            }
            _ => return None,
        };
        Some(Hit::new(function.full_name(), why))
    });
    wrong.collect()
}

fn b12(cx: &Context<'_>) -> Vec<Hit> {
    let reads = all(cx).filter(|(policy, _)| !policy.relations.is_empty());
    let names = |policy: &Policy| policy.relations.iter().map(|&oid| cx.catalog.name_of(oid)).collect::<Vec<_>>();
    reads.map(|(policy, name)| Hit::new(name, format!("reads {}", names(policy).join(", ")))).collect()
}

fn b13(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.named(WALL_SCHEMA, "key").is_some() || !cx.options.sealed();
    let missing = (!keys).then(|| Hit::new("tenancy.key", "does not exist"));
    let verifiers = Verifier::ALL.into_iter().filter_map(|of| verifier(cx, of));
    verifiers.chain(missing).chain(beside_the_verifier(cx)).collect()
}

/// What a name in a policy or in the verifier could mean instead.
fn beside_the_verifier<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    let namesakes = cx.catalog.functions.iter().filter(|function| {
        let named = Verifier::ALL.iter().any(|of| of.name() == function.name);
        function.schema == WALL_SCHEMA && named && !cx.is_verifier(function)
    });
    let namesakes = namesakes.map(|function| Hit::new(function.full_name(), "stands beside the verifier"));
    let planted = cx.catalog.planted.iter();
    let planted = planted.map(|what| Hit::new(what.clone(), "is not the server's own, and the verifier may use it"));
    namesakes.chain(planted)
}

fn verifier(cx: &Context<'_>, of: Verifier) -> Option<Hit> {
    let (wall, name) = (&cx.options.wall, of.name());
    let object = format!("{WALL_SCHEMA}.{name}()");
    let Some(live) = cx.catalog.functions.iter().find(|f| cx.is_verifier(f) && f.name == name) else {
        return Some(Hit::new(object, "does not exist"));
    };
    let others = live.acl.iter().any(|grant| {
        let grantee = cx.catalog.role_name(grant.grantee);
        (grantee != wall.app_role && grantee != wall.owner_role) || (grant.grantable && grantee == wall.app_role)
    });
    let path = live.search_path().map(|path| path.replace('"', ""));
    // The unsealed one names every schema, so it has no path of its own.
    let expected = cx.options.sealed().then_some(rls::SEARCH_PATH);
    let differs = [
        (live.source != rls::verifier_body(wall.level, of), "its body"),
        (cx.catalog.role_name(live.owner) != wall.owner_role, "its owner"),
        (live.definer != cx.options.sealed(), "SECURITY DEFINER"),
        (live.language != "plpgsql" || live.result != of.returns(), "its language or result"),
        (
            live.volatility != of.volatility() || live.parallel != "s" || live.leakproof,
            "its volatility, PARALLEL SAFE or NOT LEAKPROOF",
        ),
        (path.as_deref() != expected || live.config.len() != usize::from(expected.is_some()), "its settings"),
        (!live.plain, "its cost, STRICT or a support function"),
        (others, "its grants"),
        (!cx.app_executes(live), "the service's grant"),
    ];
    let differs: Vec<&str> = differs.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect();
    (!differs.is_empty()).then(|| Hit::new(object, format!("not as generated: {}", differs.join(", "))))
}

fn b14(cx: &Context<'_>) -> Vec<Hit> {
    let denies = all(cx).filter(|(policy, _)| {
        let constant = policy.using.as_deref().is_some_and(|text| canonical(text) == ["false"]);
        let alone = !cx.policies(policy.table).any(|other| other.permissive);
        !policy.permissive && (constant || alone)
    });
    denies.map(|(_, name)| Hit::new(name, "is restrictive and lets nothing through")).collect()
}
