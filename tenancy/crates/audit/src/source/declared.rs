//! What the source declares as tables, and what the migrations make.

use super::files;
use super::imports::Imports;
use super::tokens::Token;
use crate::sql_tokens;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// One `table!` or `view!`.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) file: String,
    pub(super) line: usize,
    /// Its name in Rust.
    pub(super) name: String,
    /// The modules that it is in, from the `schema!` or from its file on.
    pub(super) module: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) sql_name: String,
    /// Column names in SQL, with whether they are nullable.
    pub(super) columns: Vec<(String, bool)>,
    pub(super) view: bool,
    /// Stands inside of a `schema!`, by its number.
    pub(super) within: Option<usize>,
}

/// One `schema!`, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) struct SchemaCall {
    /// The file that it reads, below the root.
    pub(super) reads: Option<PathBuf>,
    pub(super) organization: String,
    /// Tables by their paths, `auth::users`.
    pub(super) organizations: Vec<(String, String)>,
    pub(super) unowned: Vec<(String, &'static str)>,
}

/// One `joinable!(child -> parent (..))`.
#[derive(Clone, Debug)]
pub(super) struct Join {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) module: Option<String>,
    /// As they are written.
    pub(super) child: String,
    pub(super) parent: String,
}

impl Table {
    /// Its path from the `schema!` on, as settings name it.
    pub(super) fn path(&self) -> String {
        self.module.as_ref().map_or_else(|| self.name.clone(), |module| format!("{module}::{}", self.name))
    }
}

#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) tables: Vec<Table>,
    pub(super) schemas: Vec<SchemaCall>,
    pub(super) joins: Vec<Join>,
    /// Names that migrations make with PARTITION OF or INHERITS, and as views.
    pub(super) partitions: BTreeSet<String>,
    pub(super) views: BTreeSet<String>,
    /// The file on disk of each file that declares tables.
    pub(super) paths: Vec<(String, PathBuf)>,
}

impl Declared {
    pub(super) fn read(&mut self, file: &str, package: &Path, tokens: &[Token], imports: &Imports) {
        self.paths.push((file.to_owned(), package.to_owned()));
        self.scan(Where { file, package, imports, within: None, module: None }, tokens);
    }

    fn scan(&mut self, place: Where<'_>, tokens: &[Token]) {
        let Where { file, package, imports, within, module } = place;
        let mut at = 0;
        while at < tokens.len() {
            let text = |place: usize| tokens.get(place).map_or("", |token| token.text.as_str());
            if text(at) == "mod" && text(at + 2) == "{" {
                let end = close(tokens, at + 2);
                let inner =
                    module.map_or_else(|| text(at + 1).to_owned(), |outer| format!("{outer}::{}", text(at + 1)));
                self.scan(Where { module: Some(&inner), ..place }, &tokens[at + 3..end]);
                at = end + 1;
                continue;
            }
            let opened = tokens[at].is_name && text(at + 1) == "!" && matches!(text(at + 2), "{" | "(" | "[");
            if !opened {
                at += 1;
                continue;
            }
            let end = close(tokens, at + 2);
            let body = &tokens[at + 3..end];
            match imports.own_name(text(at)) {
                "schema" if within.is_none() && is_schema(body) => {
                    self.schemas.push(schema(body, package));
                    self.scan(Where { within: Some(self.schemas.len() - 1), module: None, ..place }, body);
                }
                name @ ("table" | "view") => {
                    let table = table(file, tokens[at].line, body, name == "view");
                    let module = module.map(str::to_owned);
                    self.tables.extend(table.map(|table| Table { view: name == "view", within, module, ..table }));
                }
                "joinable" => {
                    let (child, rest) = path(body);
                    let parent = path(rest).0;
                    if !child.is_empty() && !parent.is_empty() {
                        let (file, module) = (file.to_owned(), module.map(str::to_owned));
                        self.joins.push(Join { file, line: tokens[at].line, module, child, parent });
                    }
                }
                // What other macros hold is looked at too: one may contain a `table!`.
                _ => self.scan(place, body),
            }
            at = end + 1;
        }
    }

    /// Reads every `.sql` file below the root.
    pub(super) fn migrations(&mut self, root: &Path, exclude: &[PathBuf]) -> io::Result<()> {
        for folder in files::folders(root, exclude)? {
            for path in files::files(&folder, "sql")? {
                let text = String::from_utf8_lossy(&fs::read(path)?).to_lowercase();
                self.statements(&text);
            }
        }
        Ok(())
    }

    fn statements(&mut self, sql: &str) {
        let tokens = sql_tokens::tokens(sql);
        for words in tokens.split(|token| token == ";") {
            let has = |two: [&str; 2]| words.windows(2).any(|pair| pair == two);
            let create = words.iter().position(|word| word == "create");
            let named = |kind: &str| {
                let at = create? + words[create?..].iter().take(5).position(|word| word == kind)?;
                let mut rest =
                    words[at + 1..].iter().skip_while(|word| matches!(word.as_str(), "if" | "not" | "exists" | "only"));
                let mut name = rest.next()?;
                while rest.next().is_some_and(|word| word == ".") {
                    name = rest.next()?;
                }
                Some(name.clone())
            };
            if has(["partition", "of"]) || has(["inherits", "("]) {
                self.partitions.extend(named("table"));
            }
            self.views.extend(named("view"));
        }
    }
}

/// Where tokens are.
#[derive(Clone, Copy)]
struct Where<'a> {
    file: &'a str,
    package: &'a Path,
    imports: &'a Imports,
    within: Option<usize>,
    module: Option<&'a str>,
}

/// The next path, `auth::users`, and what follows it.
fn path(tokens: &[Token]) -> (String, &[Token]) {
    let mut at = tokens.iter().position(|token| token.is_name).unwrap_or(tokens.len());
    let text = |place: usize| tokens.get(place).map_or("", |token| token.text.as_str());
    let mut path = text(at).to_owned();
    while text(at + 1) == ":" && text(at + 2) == ":" && tokens.get(at + 3).is_some_and(|token| token.is_name) {
        at += 3;
        path = format!("{path}::{}", text(at));
    }
    (path, tokens.get(at + 1..).unwrap_or_default())
}

/// The paths of a list.
fn paths(mut tokens: &[Token]) -> Vec<String> {
    let mut paths = Vec::new();
    loop {
        let (next, rest) = path(tokens);
        if next.is_empty() {
            return paths;
        }
        paths.push(next);
        tokens = rest;
    }
}

/// The place of the bracket that closes the one at `open`.
fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// Another crate's macro may have the name; ours holds settings or tables.
fn is_schema(body: &[Token]) -> bool {
    let known = ["organization", "global", "platform", "file", "table", "diesel", "crate"];
    let tables = || body.windows(2).any(|two| two[0].text == "table" && two[1].text == "!");
    let begins = |first: &Token| known.contains(&first.text.as_str()) || first.text == "#";
    // A module of tables, or an import, may come first.
    body.first().is_none_or(|first| begins(first) || matches!(first.text.as_str(), "pub" | "mod" | "use") && tables())
}

fn schema(body: &[Token], package: &Path) -> SchemaCall {
    let mut schema =
        SchemaCall { reads: None, organization: "org_id".to_owned(), organizations: Vec::new(), unowned: Vec::new() };
    for statement in body.split(|token| token.text == ";") {
        let text = |at: usize| statement.get(at).map_or("", |token| token.text.as_str());
        let listed = || paths(statement.get(2..).unwrap_or_default());
        match (text(0), text(1)) {
            ("organization", "=") => text(2).clone_into(&mut schema.organization),
            ("organization", "(") => {
                let listed = listed();
                schema.organizations.extend(listed.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())));
            }
            ("global", "(") => schema.unowned.extend(listed().into_iter().map(|path| (path, "global"))),
            ("platform", "(") => schema.unowned.extend(listed().into_iter().map(|path| (path, "platform"))),
            ("file", "=") => schema.reads = Some(package.join(text(2).trim_matches('"'))),
            _ => {}
        }
    }
    schema
}

/// `#[..] use ..; schema.name (key) { column -> Type, .. }`
fn table(file: &str, line: usize, body: &[Token], view: bool) -> Option<Table> {
    let mut table = Table { file: file.to_owned(), line, ..Table::default() };
    let text = |at: usize| body.get(at).map_or("", |token| token.text.as_str());
    let mut at = 0;
    let mut sql_name = None;
    loop {
        match text(at) {
            "#" => {
                let end = close(body, at + 1);
                sql_name = name_given(&body[at..end]).or(sql_name);
                at = end + 1;
            }
            "use" => at += body[at..].iter().position(|token| token.text == ";")? + 1,
            _ => break,
        }
    }
    table.name = body.get(at).filter(|token| token.is_name)?.text.clone();
    if text(at + 1) == "." {
        table.schema = Some(std::mem::replace(&mut table.name, text(at + 2).to_owned()));
        at += 2;
    }
    table.sql_name = sql_name.unwrap_or_else(|| table.name.clone());
    // Other crates have macros of these names: prettytable's `table!`, leptos' `view!`.
    let open = match text(at + 1) {
        "(" if !view => close(body, at + 1) + 1,
        _ => at + 1,
    };
    if text(open) != "{" {
        return None;
    }
    columns(&body[open + 1..close(body, open)], &mut table.columns);
    Some(table)
}

/// `#[sql_name = ".."]`
fn name_given(attribute: &[Token]) -> Option<String> {
    let at = attribute.iter().position(|token| token.text == "sql_name")?;
    let literal = &attribute.get(at + 2)?.text;
    Some(syn::parse_str::<syn::LitStr>(literal).map_or_else(|_| literal.clone(), |literal| literal.value()))
}

fn columns(body: &[Token], columns: &mut Vec<(String, bool)>) {
    let mut at = 0;
    let mut sql_name = None;
    while at < body.len() {
        if body[at].text == "#" {
            let end = close(body, at + 1);
            sql_name = name_given(&body[at..end]).or(sql_name);
            at = end + 1;
            continue;
        }
        let arrow = body.get(at + 1).is_some_and(|next| next.text == "-");
        if body[at].is_name && arrow {
            let name = sql_name.take().unwrap_or_else(|| body[at].text.clone());
            // `-> Nullable<..>`, however its path is written.
            let kind = body[at + 3..].iter().take_while(|token| token.text != "<" && token.text != ",");
            columns.push((name, kind.last().is_some_and(|last| last.text == "Nullable")));
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Declared;

    #[test]
    fn migrations_make_views_and_partitions() {
        let mut declared = Declared::default();
        declared.statements(
            "create or replace view billing.\"totals\" as select 1; create table if not exists p1 partition of billing.notes default;
             create table kin () inherits(notes); -- create view not_one as select 1;
             comment on table notes is 'create view nor_this; create view nor_that'; create table plain (id int)",
        );
        assert_eq!(declared.views.iter().collect::<Vec<_>>(), ["totals"]);
        assert_eq!(declared.partitions.iter().collect::<Vec<_>>(), ["kin", "p1"]);
    }
}
