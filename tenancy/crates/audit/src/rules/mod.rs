//! Every rule, one file a topic: its text beside the code that looks.
//!
//! Rules that look at the catalog are whole here. What looks at the running server (`probes.rs`, `row_checks.rs`, `keys.rs`), at
//! source (`source/mod.rs`) and at the list of accepted findings (`baseline.rs`) writes reports, and so depends on this list: of
//! those rules only the texts are here.

/// A rule that needs the second document (`catalog/reach.rs`). Without the document, its finding says that it could not look.
macro_rules! with_reach {
    ($of:path) => {
        Catalog(|cx: &Context<'_>| match cx.catalog.reach.failed.as_str() {
            "" => $of(cx),
            why => vec![
                Hit::new("the audit", format!("the rule failed, so it saw nothing: {why}"))
                    .at(crate::rule::Severity::High),
            ],
        })
    };
}

mod baseline;
mod constraints;
mod declaration;
mod extensions;
mod grants;
mod indexes;
mod names;
mod other_roles;
mod owners;
mod partitions;
mod policies;
mod policy_code;
mod replication;
mod sequences;
mod server;
mod service_role;
mod source;
mod views_and_functions;
mod wall_objects;

use crate::rule::Rule;
use std::sync::LazyLock;

/// In the order of the ids.
static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let topics: [&'static [Rule]; 19] = [
        declaration::RULES,
        policies::RULES,
        service_role::RULES,
        grants::RULES,
        other_roles::RULES,
        views_and_functions::RULES,
        replication::RULES,
        extensions::RULES,
        constraints::RULES,
        indexes::RULES,
        partitions::RULES,
        sequences::RULES,
        server::RULES,
        owners::RULES,
        names::RULES,
        wall_objects::RULES,
        policy_code::RULES,
        source::RULES,
        baseline::RULES,
    ];
    let mut all: Vec<_> = topics.into_iter().flatten().collect();
    all.sort_unstable_by_key(|rule| rule.id);
    all
});

/// Every rule, in the order of the ids.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied()
}

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// For code that names one of our own ids.
pub(super) fn known(id: &str) -> &'static Rule {
    // A test walks every id that the code names.
    rule(id).unwrap_or(&baseline::RULES[0])
}
