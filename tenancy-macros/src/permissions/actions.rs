//! Which actions a model has: one for each permission, at the level of its type.
use std::collections::HashMap;

use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Ident, Type, parse_quote};
use tenancy_permission_model::{Definition, Model, Span as Place};

use super::in_file;
use super::input::Input;
use crate::errors::{Code, Error, Errors, nearest};

/// The actions on objects of one type.
pub(super) struct Actions {
    /// The type's name in the model.
    pub(super) definition: String,
    pub(super) docs: Vec<String>,
    pub(super) module: Ident,
    pub(super) level: Level,
    /// The Rust type of ids; `None` for the organization, which is the scope's.
    pub(super) id: Option<Type>,
    pub(super) permissions: Vec<Permission>,
}

/// One action.
pub(super) struct Permission {
    pub(super) name: String,
    pub(super) docs: Vec<String>,
    pub(super) action: Ident,
}

#[derive(Clone, Copy)]
pub(super) enum Level {
    Platform,
    Tenant,
    Organization,
}

/// The actions of the model, by type. `text` is the model's, for the places of errors.
pub(super) fn of(model: &Model, text: &str, input: &Input, errors: &mut Errors) -> Vec<Actions> {
    let mut reader = Reader { text, input, errors };
    let mut modules = HashMap::new();
    if model.definition(&input.levels.organization).is_none() {
        let organization = &input.levels.organization;
        let message = format!("it has no type `{organization}`, whose objects are the organizations");
        let help = "declare it, or name the type that is: `levels(organization = company);`";
        reader.errors.push(in_file(input, 1, 1, &message).help(help));
        return Vec::new();
    }
    let definitions = model.definitions.iter().filter(|definition| !definition.permissions.is_empty());
    let actions: Vec<_> = definitions.filter_map(|definition| reader.definition(definition, &mut modules)).collect();
    reader.ids(&actions);
    if actions.is_empty() && reader.errors.is_empty() {
        reader.errors.push(
            in_file(input, 1, 1, "no type of it has a permission").help("write `permission view = ..` in a definition"),
        );
    }
    actions
}

struct Reader<'a> {
    text: &'a str,
    input: &'a Input,
    errors: &'a mut Errors,
}

impl Reader<'_> {
    fn error(&mut self, place: Place, message: &str, help: impl Into<String>) {
        let before = &self.text[..place.start.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
        self.errors.push(in_file(self.input, line, column, message).help(help));
    }

    fn definition<'m>(
        &mut self,
        definition: &'m Definition,
        modules: &mut HashMap<String, &'m str>,
    ) -> Option<Actions> {
        let levels = &self.input.levels;
        let level = match &definition.name {
            name if *name == levels.platform => Level::Platform,
            name if *name == levels.tenant => Level::Tenant,
            _ => Level::Organization,
        };
        let is_organization = definition.name == levels.organization;
        if matches!(level, Level::Organization) && !is_organization && !self.lies_below(definition) {
            return None;
        }
        let module = identifier(&definition.name.replace('/', "_"));
        if let Some(other) = modules.insert(module.to_string(), &definition.name) {
            let message = format!("`{other}` and `{}` would be one module, `{module}`", definition.name);
            self.error(definition.span, &message, "rename one of the two types");
        }
        Some(Actions {
            definition: definition.name.clone(),
            docs: definition.docs.clone(),
            module,
            level,
            id: (!is_organization).then(|| self.id(&definition.name)),
            permissions: self.permissions(definition),
        })
    }

    /// Whether the type says to which organization its objects belong.
    fn lies_below(&mut self, definition: &Definition) -> bool {
        let organization = self.input.levels.organization.clone();
        let edge = definition.relation(&organization);
        let only = edge.is_some_and(|edge| match edge.subjects.as_slice() {
            [subject] => subject.definition == organization && subject.relation.is_none() && !subject.wildcard,
            _ => false,
        });
        if !only {
            let name = &definition.name;
            let message = format!("`{name}` has permissions and does not say to which organization its objects belong");
            self.error(definition.span, &message, format!("add `relation {organization}: {organization}` to `{name}`"));
        }
        only
    }

    fn permissions(&mut self, definition: &Definition) -> Vec<Permission> {
        let mut names = HashMap::new();
        let mut permissions = Vec::new();
        for permission in &definition.permissions {
            let action = format_ident!("{}", pascal(&permission.name));
            if let Some(other) = names.insert(action.clone(), &permission.name) {
                let message = format!("`{other}` and `{}` would be one action, `{action}`", permission.name);
                self.error(permission.span, &message, "rename one of the two permissions");
            }
            permissions.push(Permission { name: permission.name.clone(), docs: permission.docs.clone(), action });
        }
        permissions
    }

    fn id(&self, definition: &str) -> Type {
        let named = self.input.ids.iter().find(|(name, _)| name.unraw() == definition.replace('/', "_"));
        let krate = &self.input.krate;
        named.map_or_else(|| parse_quote!(#krate::permit::Uuid), |(_, ty)| ty.clone())
    }

    /// An id of a type that the model does not have would be read nowhere.
    fn ids(&mut self, actions: &[Actions]) {
        for (name, _) in &self.input.ids {
            let known: Vec<_> = actions.iter().filter(|actions| actions.id.is_some()).collect();
            if known.iter().any(|actions| name.unraw() == actions.definition.replace('/', "_")) {
                continue;
            }
            let headline = format!("`ids(..)` names `{name}`, and the model has no such type with permissions");
            let error = Error::new(Code::ModelInput, name.span(), headline);
            let names: Vec<_> = known.iter().map(|actions| actions.module.unraw().to_string()).collect();
            let near = nearest(&name.to_string(), names.iter().map(String::as_str)).map(str::to_owned);
            self.errors.push(match near {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => {
                    error.help("the organization's id is the scope's; other ids are named by their type in the model")
                }
            });
        }
    }
}

/// A name of the model as an identifier, raw where it is a keyword.
fn identifier(name: &str) -> Ident {
    // A keyword since the edition of 2024, which syn takes for a name.
    if name == "gen" {
        return Ident::new_raw(name, Span::call_site());
    }
    syn::parse_str(name).unwrap_or_else(|_| match name {
        // The four keywords that cannot be raw.
        "crate" | "self" | "super" | "Self" => format_ident!("{name}_"),
        _ => Ident::new_raw(name, Span::call_site()),
    })
}

/// `change_payout` as `ChangePayout`.
fn pascal(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let upper = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    let pascal: String = words.map(upper).collect();
    if pascal == "Self" { "Self_".to_owned() } else { pascal }
}
