//! The text behind each id that a statement's type claims: one id, one text.

use diesel::query_builder::QueryId;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

type Texts = HashMap<(TypeId, TypeId), String>;

static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);

/// Compares the text of a statement, as diesel's `debug_query` writes it, with the text that was seen behind its id before.
///
/// # Errors
/// When the two differ.
pub fn hold<DB: 'static, Q: QueryId>(_statement: &Q, rendered: &str) -> Result<(), String> {
    let Some(id) = Q::query_id() else { return Ok(()) };
    let text = rendered.rsplit_once(" -- binds: ").map_or(rendered, |(text, _)| text);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = texts.entry((TypeId::of::<DB>(), id)).or_insert_with(|| text.to_owned());
    if known == text { Ok(()) } else { Err(format!("one id, two texts:\n{known}\n{text}")) }
}
