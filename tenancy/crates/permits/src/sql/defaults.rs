//! The settings of an engine that follow from its model, unless they are switched off.

use super::compile::{Levels, implied_relation};
use super::error::BuildError;
use super::write::{LastHolder, NamedGuard};
use std::collections::BTreeSet;
use tenancy_permission_model::Model;

/// The name that the type of organizations has, unless another is set.
const ORGANIZATION: &str = "organization";

/// Types that are above organizations, unless they are said to be within.
const ABOVE: [&str; 2] = ["platform", "tenant"];

/// The relation of organizations that always has a direct subject, unless it is switched off.
const OWNER: &str = "owner";

/// The settings of the builder that are about the model.
#[derive(Debug, Clone, Default)]
pub(super) struct ModelSettings {
    pub(super) organization: Option<String>,
    pub(super) above: BTreeSet<String>,
    pub(super) within: BTreeSet<String>,
    pub(super) last_holders: Vec<LastHolder>,
    pub(super) without_last_holder: Vec<LastHolder>,
    pub(super) guards: Vec<NamedGuard>,
}

impl ModelSettings {
    /// # Errors
    /// When a setting names a type that the model lacks, or contradicts another one.
    pub(super) fn levels(&self, model: &Model) -> Result<Levels, BuildError> {
        let named = self.organization.iter().map(|name| ("organization_type", name));
        let named = named.chain(self.above.iter().map(|name| ("above_organizations", name)));
        for (setting, name) in named.chain(self.within.iter().map(|name| ("within_organizations", name))) {
            if model.definition(name).is_none() {
                return Err(refused(setting, name.clone(), "the model has no such type"));
            }
        }
        if let Some(both) = self.above.intersection(&self.within).next() {
            return Err(refused("within_organizations", both.clone(), "`above_organizations` names it too"));
        }
        let found = |name: &str| model.definition(name).map(|found| found.name.clone());
        let organization = self.organization.clone().or_else(|| found(ORGANIZATION));
        if let Some(name) = organization.as_ref().filter(|name| self.above.contains(*name)) {
            return Err(refused("above_organizations", name.clone(), "it is the type of organizations"));
        }
        let mut above = self.above.clone();
        let by_default = ABOVE.into_iter().filter_map(found);
        above.extend(by_default.filter(|name| organization.as_ref() != Some(name) && !self.within.contains(name)));
        let belongs = |kind: &&str| {
            let own = organization.as_ref().and_then(|organization| implied_relation(model, kind, organization));
            own.is_some() && !above.contains(*kind)
        };
        let kinds = model.definitions.iter().map(|definition| definition.name.as_str());
        let mut within: BTreeSet<String> = kinds.filter(belongs).map(str::to_owned).collect();
        within.extend(self.within.iter().cloned());
        Ok(Levels { organization, above, within })
    }

    /// # Errors
    /// When a setting names a relation that the model lacks, or that cannot have the rule; when one is switched off
    /// that would not hold.
    pub(super) fn last_holders(&self, model: &Model, levels: &Levels) -> Result<Vec<LastHolder>, BuildError> {
        let mut holders = self.last_holders.clone();
        for holder in &holders {
            holder.fits(model).map_err(|problem| refused("last_holder", holder.to_string(), problem))?;
        }
        let owner = levels.organization.clone().map(|kind| LastHolder { kind, relation: OWNER.to_owned() });
        let owner = owner.filter(|owner| owner.fits(model).is_ok());
        for off in &self.without_last_holder {
            if owner.as_ref() != Some(off) {
                return Err(refused("without_last_holder", off.to_string(), "it is not a default for this model"));
            }
        }
        holders.extend(owner.filter(|owner| self.without_last_holder.is_empty() && !self.last_holders.contains(owner)));
        Ok(holders)
    }

    /// # Errors
    /// When a guard names a relation or permission that the model lacks, or a relation has two.
    pub(super) fn guards(&self, model: &Model) -> Result<&[NamedGuard], BuildError> {
        for (at, guard) in self.guards.iter().enumerate() {
            let name = || format!("{}#{} by {}", guard.kind, guard.relation, guard.permission);
            guard.fits(model).map_err(|problem| refused("guard", name(), problem))?;
            let same = |other: &NamedGuard| (&other.kind, &other.relation) == (&guard.kind, &guard.relation);
            if self.guards.iter().take(at).any(same) {
                return Err(refused("guard", name(), "the relation has a guard already"));
            }
        }
        Ok(&self.guards)
    }
}

fn refused(setting: &'static str, name: String, problem: &'static str) -> BuildError {
    BuildError::Setting { setting, name, problem }
}
