//! SpiceDB's rules for names: `core.proto` of SpiceDB, `NamespaceDefinition`, `AllowedRelation` and `Relation`.

const SHORTEST: usize = 3;
const LONGEST: usize = 64;
/// Of a prefix, where SpiceDB lets it be used as a subject. In `definition` alone it takes one more.
const LONGEST_PREFIX: usize = 63;
const LONGEST_DEFINITION: usize = 128;

/// Says why a relation or permission cannot have this name.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    check_part(name, LONGEST)
}

/// Says why a definition cannot have this name.
pub(crate) fn check_definition_name(name: &str) -> Result<(), String> {
    if name.len() > LONGEST_DEFINITION {
        return Err(format!("a definition's name has at most {LONGEST_DEFINITION} characters, with its prefix"));
    }
    let (prefix, last) = name.rsplit_once('/').map_or((None, name), |(prefix, last)| (Some(prefix), last));
    for part in prefix.into_iter().flat_map(|prefix| prefix.split('/')) {
        check_part(part, LONGEST_PREFIX)?;
    }
    check_part(last, LONGEST)
}

fn check_part(part: &str, longest: usize) -> Result<(), String> {
    if part.len() < SHORTEST || part.len() > longest {
        return Err(format!("a name has {SHORTEST} to {longest} characters"));
    }
    let bytes = part.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_lowercase) {
        return Err("a name starts with a letter from `a` to `z`".to_owned());
    }
    if !bytes.iter().all(|byte| is_inner(*byte)) {
        return Err("a name consists of the letters `a` to `z`, digits and `_`".to_owned());
    }
    if bytes.last() == Some(&b'_') {
        return Err("a name ends with a letter or a digit".to_owned());
    }
    Ok(())
}

fn is_inner(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}
