//! One compile-fail case: its attack codes and the errors that it announces.

/// The first line of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Lines of `docs/attacks.md`.
    Codes(Vec<String>),
    /// No line of the list, with the reason; only for the families about macro input and hostile helpers.
    None(String),
}

/// Where an announced error must be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anywhere, in order: the annotation has a line of its own.
    Anywhere,
    /// On this line of the case, counted from one.
    Line(usize),
}

/// One `//~` annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The compiler's code, or `None` for an error without one (`compile_error!`, a macro's error).
    pub rustc: Option<String>,
    /// A word of the error's text: our code, or the name that says what is missing. `None` when it says neither.
    pub word: Option<String>,
    /// Where.
    pub place: Place,
}

/// A case, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The first line.
    pub attack: Attack,
    /// The annotations, in source order.
    pub annotations: Vec<Annotation>,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// When the first line names no attack, or an annotation has another shape than `//~ E0277 WORD`.
    pub fn parse(text: &str) -> Result<Case, String> {
        let first = text.lines().next().unwrap_or("");
        let attack = parse_attack(first)?;
        let mut annotations = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if let Some((before, after)) = line.split_once("//~") {
                annotations.push(parse_annotation(index + 1, before, after)?);
            }
        }
        if annotations.is_empty() {
            return Err("announces no error: add `//~ E0277 TEN0001` lines".to_owned());
        }
        Ok(Case { attack, annotations })
    }
}

fn parse_attack(line: &str) -> Result<Attack, String> {
    let rest = line
        .strip_prefix("// attack: ")
        .ok_or("the first line must be `// attack: A01` (codes of docs/attacks.md, separated by spaces)")?;
    if let Some(reason) = rest.strip_prefix("none, ") {
        return Ok(Attack::None(reason.trim().to_owned()));
    }
    let codes: Vec<String> = rest.split([' ', ',']).filter(|code| !code.is_empty()).map(str::to_owned).collect();
    match codes.iter().find(|code| !crate::attacks::is_code(code)) {
        Some(code) => Err(format!("`{code}` is no attack code (a letter and two digits)")),
        None if codes.is_empty() => Err("the first line names no attack".to_owned()),
        None => Ok(Attack::Codes(codes)),
    }
}

fn parse_annotation(line: usize, before: &str, after: &str) -> Result<Annotation, String> {
    let (place, words) = place(line, before, after)?;
    let words: Vec<&str> = words.split_whitespace().collect();
    let [rustc, word] = words[..] else {
        return Err(format!("line {line}: an annotation is `//~ E0277 TEN0001`: two words, `-` for none"));
    };
    let is_rustc = rustc.len() == 5 && rustc.starts_with('E') && rustc[1..].bytes().all(|b| b.is_ascii_digit());
    if rustc != "-" && !is_rustc {
        return Err(format!("line {line}: `{rustc}` is no error code of rustc; write `-` when it has none"));
    }
    let some = |word: &str| (word != "-").then(|| word.to_owned());
    Ok(Annotation { rustc: some(rustc), word: some(word), place })
}

fn place<'a>(line: usize, before: &str, after: &'a str) -> Result<(Place, &'a str), String> {
    let carets = after.bytes().take_while(|&b| b == b'^').count();
    if carets > 0 {
        let above = line.checked_sub(carets).filter(|&above| above > 0);
        let above = above.ok_or(format!("line {line}: `^` points above the file"))?;
        return Ok((Place::Line(above), &after[carets..]));
    }
    if let Some(rest) = after.strip_prefix('v') {
        return Ok((Place::Line(line + 1), rest));
    }
    let own_line = before.trim().is_empty();
    Ok((if own_line { Place::Anywhere } else { Place::Line(line) }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes_and_annotations_with_their_places() {
        let text = "// attack: A01 B02\n//~ E0277 TEN0001\nfn main() {\n    x(); //~ E0308 OrgScope\n    //~^ - TEN0101\n    //~v E0451 -\n}\n";
        let case = Case::parse(text).expect("well formed");
        assert_eq!(case.attack, Attack::Codes(vec!["A01".to_owned(), "B02".to_owned()]));
        let places: Vec<Place> = case.annotations.iter().map(|a| a.place).collect();
        assert_eq!(places, [Place::Anywhere, Place::Line(4), Place::Line(4), Place::Line(7)]);
        assert_eq!(case.annotations[2].rustc, None);
        assert_eq!(case.annotations[2].word.as_deref(), Some("TEN0101"));
        assert_eq!(case.annotations[3].word, None);
    }

    #[test]
    fn refuses_a_case_that_names_no_attack() {
        assert!(Case::parse("fn main() {} //~ E0277 TEN0001\n").unwrap_err().contains("first line"));
        assert!(Case::parse("// attack: \n//~ E0277 TEN0001\n").unwrap_err().contains("first line"));
        assert!(Case::parse("// attack: A1\n//~ E0277 TEN0001\n").unwrap_err().contains("`A1`"));
    }

    #[test]
    fn refuses_malformed_annotations() {
        for bad in ["//~ E0277", "//~ E277 TEN0001", "//~ TEN0001 E0277", "//~ E0277 TEN0001 more", "//~^^^ E0277 x"] {
            assert!(Case::parse(&format!("// attack: A01\n{bad}\n")).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn refuses_a_case_that_announces_nothing() {
        assert!(Case::parse("// attack: A01\nfn main() {}\n").unwrap_err().contains("announces no error"));
    }
}
