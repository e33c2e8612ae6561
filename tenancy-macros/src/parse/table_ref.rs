//! A table as it is named in a `schema!`.
use syn::Ident;
use syn::parse::{Parse, ParseStream};

/// A table as it is spoken of: `invoices`, `billing::invoices`, or `crate::schema::billing::invoices`.
#[derive(Clone, Debug)]
pub(crate) struct TableRef {
    /// The segment before the name.
    pub(crate) module: Option<Ident>,
    /// The path begins with `crate`, `super` or `self`: then `module` may be the one that calls `schema!`.
    pub(crate) anchored: bool,
    pub(crate) name: Ident,
}

impl TableRef {
    /// The name as it was written, without the way to it.
    pub(crate) fn display(&self) -> String {
        let module = self.module.as_ref();
        module.map_or_else(|| self.name.to_string(), |module| format!("{module}::{}", self.name))
    }
}

impl Parse for TableRef {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let path = input.call(syn::Path::parse_mod_style)?;
        let mut segments = path.segments.into_iter().map(|segment| segment.ident).collect::<Vec<_>>();
        let anchor = |segment: &Ident| ["crate", "super", "self"].iter().any(|anchor| segment == anchor);
        let anchored = segments.first().is_some_and(anchor);
        let last = segments.pop().filter(|last| !anchor(last));
        let name = last.ok_or_else(|| input.error("expected a table's name"))?;
        // Without an anchor a path leads into a schema module, and those do not nest.
        if segments.len() > 1 && !anchored {
            return Err(syn::Error::new(name.span(), "expected a table, or a schema module and a table"));
        }
        let module = segments.pop().filter(|module| !anchor(module));
        Ok(Self { module, anchored, name })
    }
}
