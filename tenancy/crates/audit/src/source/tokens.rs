//! A file as one list of tokens, and whether a name is part of an import.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// A token, with the groups opened up.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) is_name: bool,
}

pub(super) fn flat(file: &syn::File) -> Vec<Token> {
    let mut tokens = Vec::new();
    flatten(file.to_token_stream(), &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |text: &str, line| tokens.push(Token { text: text.to_owned(), line, is_name: false });
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(open, group.span_open().start().line);
                let end = group.span_close().start().line;
                flatten(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: end, is_name: false });
            }
            TokenTree::Ident(name) => {
                let text = name.to_string();
                let text = text.strip_prefix("r#").unwrap_or(&text).to_owned();
                tokens.push(Token { text, line, is_name: true });
            }
            TokenTree::Punct(punct) => push(&punct.as_char().to_string(), line),
            TokenTree::Literal(literal) => push(&literal.to_string(), line),
        }
    }
}

/// Whether a name is part of a `use`.
pub(super) fn in_import(tokens: &[Token], at: usize) -> bool {
    let start = tokens[..at].iter().rposition(|token| token.text == ";").map_or(0, |place| place + 1);
    tokens[start..at].iter().any(|token| token.is_name && token.text == "use")
}

/// Whether a name is part of a `use` that names the crate.
pub(super) fn imported_from(tokens: &[Token], at: usize, krate: &str) -> bool {
    let start = tokens[..at].iter().rposition(|token| token.text == ";").map_or(0, |place| place + 1);
    let statement = &tokens[start..at];
    let import = statement.iter().rposition(|token| token.is_name && token.text == "use");
    import.is_some_and(|import| statement[import..].iter().any(|token| token.text == krate))
}
