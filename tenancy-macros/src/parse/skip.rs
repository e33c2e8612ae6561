//! Steps of reading that several readers need.
use proc_macro2::TokenTree;
use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

/// Goes past the next `;` or `{ .. }`, so that reading can go on with the item after a bad one.
pub(super) fn skip_item(stream: ParseStream<'_>) {
    while let Ok(token) = stream.parse::<TokenTree>() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace => return,
            _ => {}
        }
    }
}

/// An identifier, keywords included: `crate = ..` is a setting.
pub(super) fn any_ident(stream: ParseStream<'_>) -> syn::Result<Ident> {
    stream.call(Ident::parse_any)
}
