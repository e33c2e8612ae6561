//! Finds permissions that are computed from themselves on the same object: they have no value.

use crate::error::{ErrorKind, Errors, excerpt};
use crate::graph::{Edge, EdgeKind, Graph};
use crate::{Model, Span};
use std::collections::HashMap;

pub(super) fn check(model: &Model, errors: &mut Errors) {
    let graph = Graph::of_same_object(model);
    let same_object = |edge: &Edge| edge.kind == EdgeKind::Name;
    let mut spans: Option<HashMap<(&str, &str), Span>> = None;
    for component in graph.components(same_object) {
        let [first, ..] = component.as_slice() else { continue };
        let alone = component.len() == 1;
        if alone && !graph.edges_of(*first).iter().any(|edge| same_object(edge) && edge.to == *first) {
            continue;
        }
        let names: Vec<_> = component.iter().filter_map(|node| graph.nodes.get(*node)).collect();
        let spans = spans.get_or_insert_with(|| spans_of(model));
        let span = names.first().and_then(|name| spans.get(*name)).copied().unwrap_or_default();
        errors.push(ErrorKind::SelfReference, span, message(&names));
    }
}

fn message(names: &[&(&str, &str)]) -> String {
    const MOST: usize = 8;
    let more = if names.len() > MOST { ", .." } else { "" };
    let list: Vec<String> = names.iter().take(MOST).map(|(_, name)| format!("`{}`", excerpt(name))).collect();
    if let [only] = list.as_slice() {
        return format!("the permission {only} is computed from itself; remove the reference");
    }
    format!("these permissions are computed from each other: {}{more}; remove one of the references", list.join(", "))
}

fn spans_of(model: &Model) -> HashMap<(&str, &str), Span> {
    let definitions = model.definitions.iter();
    let permissions = definitions.flat_map(|definition| definition.permissions.iter().map(move |it| (definition, it)));
    permissions.map(|(definition, it)| ((definition.name.as_str(), it.name.as_str()), it.span)).collect()
}
