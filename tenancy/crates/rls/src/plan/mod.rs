//! The steps that build the wall, in order.

mod context;
mod document;
mod foreign_keys;
mod foundation;
mod indexes;
mod keys;
mod privileges;
mod standing;
mod tables;
mod verifier;

pub(crate) use context::Context;
pub use context::PlanError;
pub use document::{Advice, Plan, Roles, Step, Validation};
pub(crate) use keys::pair;
pub use standing::body as standing_body;
pub use verifier::{SEARCH_PATH, body as verifier_body};

use crate::options::{Level, Options};
use crate::policy::{DELETE_POLICY, POLICY};
use tenancy::schema::{Manifest, TableKind};

impl Roles {
    fn of(context: &Context<'_>) -> Self {
        let Some(live) = context.live else { return Self::default() };
        let Options { app_role, owner_role, .. } = context.options;
        let created = [app_role, owner_role].into_iter().filter(|role| live.role(role).is_none()).cloned().collect();
        let tables = context.manifest.tenant_tables().filter_map(|table| live.relation(context.place(table)));
        let ours = |name: &str| name == POLICY || name == DELETE_POLICY;
        let policies = tables.flat_map(|table| &table.policies).filter(|policy| ours(&policy.name));
        let mut replaced: Vec<String> = policies
            .filter(|policy| !policy.roles.contains(app_role))
            .flat_map(|policy| policy.roles.iter().filter(|role| !role.is_empty()).cloned())
            .collect();
        replaced.sort_unstable();
        replaced.dedup();
        let owned = live.schema("tenancy").is_some_and(|schema| schema.owner != *owner_role);
        Self { created, replaced, owned }
    }
}

impl Plan {
    /// Every step of the wall, for a database of which nothing is known but that its tables exist.
    ///
    /// # Errors
    /// When the declaration or the options contradict themselves.
    pub fn for_manifest(manifest: &Manifest, options: &Options) -> Result<Self, PlanError> {
        build(&Context::new(manifest, options, None)?)
    }
}

/// All steps, or those that the live database lacks.
pub(crate) fn build(context: &Context<'_>) -> Result<Plan, PlanError> {
    let mut plan = Plan { target: context.options.target, roles: Roles::of(context), ..Plan::default() };
    foundation::steps(context, &mut plan);
    verifier::steps(context, &mut plan);
    standing::steps(context, &mut plan);
    foundation::revokes(context, &mut plan);
    for table in &context.manifest.tables {
        // A table that is not there yet: its own migration comes first.
        if context.live.is_some_and(|live| live.relation(context.place(table)).is_none()) {
            let advice = "the table is declared, but the database has none of that name: migrate, then plan again";
            plan.lack("table", &context.label(table), advice, []);
            continue;
        }
        match table.kind {
            TableKind::Tenant => {
                tables::steps(context, table, &mut plan);
                privileges::tenant(context, table, &mut plan);
                keys::steps(context, table, &mut plan);
            }
            TableKind::Global => privileges::global(context, table, &mut plan),
            TableKind::Platform => privileges::platform(context, table, &mut plan),
        }
    }
    // A composite foreign key leads to a key of its parent, whichever table was declared first.
    foreign_keys::steps(context, &mut plan);
    if context.options.level == Level::Unsealed {
        let reason = "the setting `tenancy.scope` decides, and the service's role can set it to any organization: \
                      injected SQL or a stolen password reads everything";
        plan.advise("unsealed", "wall", reason, []);
    }
    Ok(plan)
}
