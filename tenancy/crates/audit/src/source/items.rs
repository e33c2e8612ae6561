//! Rules that need the shape of the code: what is for tests only, implementations, items under a condition.

use super::seen::Seen;
use quote::ToTokens;
use std::path::{Path, PathBuf};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, File, ImplItem, Item, ItemImpl, Meta, Stmt, Token};

pub(super) fn parse(text: &str) -> syn::Result<File> {
    syn::parse_file(text)
}

/// `#[cfg(test)]`, `#[cfg(all(.., test))]`, `#[test]`, `#[tokio::test(..)]`: only in test builds. `any(test, ..)` is not.
fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let is_test = path.segments.last().is_some_and(|segment| segment.ident == "test");
        is_test || (path.is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta)))
    })
}

fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => {
            let all = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            all.is_ok_and(|all| all.iter().any(needs_test))
        }
        _ => false,
    }
}

/// `#![cfg(test)]`.
pub(super) fn is_test(file: &File) -> bool {
    for_tests(&file.attrs)
}

/// `#![forbid(unsafe_code)]`, among others or alone; not in a comment, and not under a condition.
pub(super) fn forbids_unsafe(text: &str) -> bool {
    let Ok(file) = parse(text) else { return false };
    file.attrs.iter().filter(|attribute| attribute.path().is_ident("forbid")).any(|attribute| {
        let lints = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        lints.is_ok_and(|lints| lints.iter().any(|lint| lint.path().is_ident("unsafe_code")))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The files of `#[cfg(test)] mod tests;`.
pub(super) fn test_modules(path: &Path, file: &File) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(path);
    let folder = match stem.as_str() {
        "lib" | "main" | "mod" => folder.to_owned(),
        _ => folder.join(stem),
    };
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() && for_tests(&module.attrs) => Some(module),
        _ => None,
    });
    let files = modules.flat_map(|module| {
        let name = module.ident.to_string();
        let named = path_given(module).map(|named| path.parent().unwrap_or(path).join(named));
        [Some(folder.join(format!("{name}.rs"))), Some(folder.join(name).join("mod.rs")), named]
    });
    files.flatten().collect()
}

/// `#[path = ".."]`
fn path_given(module: &syn::ItemMod) -> Option<String> {
    let path = module.attrs.iter().find(|attribute| attribute.path().is_ident("path"))?;
    match &path.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

struct WithoutTests;

impl VisitMut for WithoutTests {
    fn visit_file_mut(&mut self, file: &mut File) {
        file.items.retain(|item| !for_tests(attributes(item)));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut module.content {
            items.retain(|item| !for_tests(attributes(item)));
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if for_tests(&function.attrs)));
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| !matches!(statement, Stmt::Item(item) if for_tests(attributes(item))));
        visit_mut::visit_block_mut(self, block);
    }
}

pub(super) fn without_tests(mut file: File) -> File {
    WithoutTests.visit_file_mut(&mut file);
    file
}

pub(super) fn check(name: &str, file: &File, seen: &mut Seen) {
    Checker { name, seen }.visit_file(file);
}

struct Checker<'a> {
    name: &'a str,
    seen: &'a mut Seen,
}

/// Names that speak of who is admitted.
const SCOPES: [&str; 8] =
    ["Authority", "OrgScope", "OrgId", "RequestedOrg", "ScopeKey", "admit", "TenantDb", "run_unscoped_sql"];

/// `debug_assertions`, or a feature for development.
fn depends_on_build(tokens: &str) -> bool {
    let development = ["\"test", "\"dev", "\"mock", "\"fake", "\"insecure", "\"unsafe"];
    tokens.contains("debug_assertions")
        || (tokens.contains("feature") && development.iter().any(|start| tokens.contains(start)))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

impl Checker<'_> {
    fn condition(&mut self, item: &impl ToTokens, conditional: bool) {
        let text = item.to_token_stream().to_string();
        let named = words(&text).find(|word| SCOPES.contains(word)).map(str::to_owned);
        if let (true, Some(named)) = (conditional, named) {
            let line = item.span().start().line;
            self.seen.add("S22", self.name, line, &named, format!("code that names `{named}` depends on the build"));
        }
    }

    fn conditional(attributes: &[Attribute]) -> bool {
        let mut conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        conditions.any(|attribute| depends_on_build(&attribute.meta.to_token_stream().to_string()))
    }

    /// `cfg!(..)` and `#[cfg(..)]` inside of a function.
    fn body(block: &syn::Block) -> bool {
        let text = block.to_token_stream().to_string();
        let mut conditions = text.split("cfg").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
        conditions.any(depends_on_build)
    }
}

impl<'ast> Visit<'ast> for Checker<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !matches!(item, Item::Fn(_)) {
            self.condition(item, Self::conditional(attributes(item)));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.condition(function, Self::conditional(&function.attrs) || Self::body(&function.block));
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.condition(function, Self::conditional(&function.attrs) || Self::body(&function.block));
        visit::visit_impl_item_fn(self, function);
    }
}
