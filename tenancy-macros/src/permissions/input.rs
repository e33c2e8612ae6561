//! What was written in one `permissions!`.
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, Type, parenthesized, token};

use crate::errors::{Code, Error, Errors};
use crate::paths;

/// Every setting, with the form that teaches it.
const FORMS: &str = "write `permissions!(\"permissions.zed\")`, or settings: `file = \"permissions.zed\"; ids(invoice = i32); \
    levels(platform = platform, tenant = tenant, organization = organization); crate = ::tenancy;`";

/// The settings of a `permissions!`.
pub(super) struct Input {
    pub(super) krate: Path,
    pub(super) file: LitStr,
    /// The Rust types of ids, by the object's type in the model. A `Uuid` unless named.
    pub(super) ids: Vec<(Ident, Type)>,
    pub(super) levels: Levels,
}

/// The types of the model that are levels.
pub(super) struct Levels {
    pub(super) platform: String,
    pub(super) tenant: String,
    pub(super) organization: String,
}

/// Reads the settings; `None` when they cannot be read.
pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Input> {
    match Input::parse.parse2(tokens) {
        Ok(input) => Some(input),
        Err(error) => {
            let headline = format!("`permissions!` cannot be read: {error}");
            errors.push(Error::new(Code::ModelInput, error.span(), headline).help(FORMS));
            None
        }
    }
}

impl Parse for Input {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let levels = Levels {
            platform: "platform".to_owned(),
            tenant: "tenant".to_owned(),
            organization: "organization".to_owned(),
        };
        if input.peek(LitStr) {
            let file = input.parse()?;
            return Ok(Self { krate: paths::default_crate(), file, ids: Vec::new(), levels });
        }
        let (ids, seen) = (Vec::new(), Vec::new());
        let mut read = Read { krate: paths::default_crate(), file: None, ids, levels, seen };
        while !input.is_empty() {
            read.setting(input)?;
            input.parse::<Token![;]>()?;
        }
        let Read { krate, file, ids, levels, .. } = read;
        let file = file.ok_or_else(|| input.error("the setting `file = \"permissions.zed\";` is missing"))?;
        Ok(Self { krate, file, ids, levels })
    }
}

struct Read {
    krate: Path,
    file: Option<LitStr>,
    ids: Vec<(Ident, Type)>,
    levels: Levels,
    seen: Vec<Ident>,
}

impl Read {
    fn setting(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = Ident::parse_any(input)?;
        if self.seen.contains(&name) {
            return Err(syn::Error::new(name.span(), format!("`{name}` is given twice")));
        }
        self.seen.push(name.clone());
        match (name.to_string().as_str(), input.peek(token::Paren)) {
            ("file", false) => {
                input.parse::<Token![=]>()?;
                self.file = Some(input.parse()?);
            }
            ("crate", false) => {
                input.parse::<Token![=]>()?;
                self.krate = paths::parse_crate(input)?;
            }
            ("ids", true) => {
                self.ids = list(input)?;
                let twice =
                    self.ids.iter().enumerate().find(|(at, (id, _))| self.ids[..*at].iter().any(|(it, _)| it == id));
                if let Some((_, (id, _))) = twice {
                    return Err(syn::Error::new(id.span(), format!("`ids(..)` names `{id}` twice")));
                }
            }
            ("levels", true) => {
                for (level, name) in list::<Ident>(input)? {
                    self.level(&level, &name)?;
                }
                let Levels { platform, tenant, organization } = &self.levels;
                if platform == tenant || tenant == organization || platform == organization {
                    return Err(syn::Error::new(name.span(), "one type is at two levels"));
                }
            }
            _ => return Err(syn::Error::new(name.span(), format!("`{name}` is not a setting"))),
        }
        Ok(())
    }

    fn level(&mut self, level: &Ident, name: &Ident) -> syn::Result<()> {
        let place = match level.to_string().as_str() {
            "platform" => &mut self.levels.platform,
            "tenant" => &mut self.levels.tenant,
            "organization" => &mut self.levels.organization,
            _ => return Err(syn::Error::new(level.span(), "a level is `platform`, `tenant` or `organization`")),
        };
        *place = name.unraw().to_string();
        Ok(())
    }
}

/// `(name = value, ..)`.
fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, T)>> {
    let content;
    parenthesized!(content in input);
    let item = |item: ParseStream<'_>| {
        let name = Ident::parse_any(item)?;
        item.parse::<Token![=]>()?;
        Ok((name, item.parse()?))
    };
    Ok(Punctuated::<_, Token![,]>::parse_terminated_with(&content, item)?.into_iter().collect())
}
