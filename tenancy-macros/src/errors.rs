//! Errors that people meet: the headline in the domain's words, what to write instead, a code with a page.
use proc_macro2::{Span, TokenStream};

/// The stable code of an error; `tenancy/errors/TENnnnn.md` explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoOrganization = 101,
    NullableOrganization = 102,
    OrganizationType = 103,
    GlobalWithOrganization = 104,
    GlobalJoinsTenant = 105,
    UnknownListed = 106,
    ListedTwice = 107,
    Duplicate = 108,
    UnknownName = 109,
    NoPrimaryKey = 110,
    ColumnNamedLikeTable = 111,
    NoTables = 112,
    Setting = 113,
    File = 114,
    UnknownPrimaryKey = 115,
    NotASchema = 116,
    TooManyColumns = 117,
    NestedModule = 118,
    OrganizationJoin = 120,
    ReservedName = 121,
    CompositeParent = 122,
    Privilege = 123,
    Model = 124,
    ModelInput = 125,
    DeriveInput = 151,
    BaseQuery = 152,
    NoSuchField = 153,
}

/// One mistake.
#[derive(Clone, Debug)]
pub(crate) struct Error {
    pub(crate) code: Code,
    pub(crate) span: Span,
    headline: String,
    /// Where in a tracked file, when the compiler cannot point there itself.
    place: Option<String>,
    help: Vec<String>,
}

impl Error {
    pub(crate) fn new(code: Code, span: Span, headline: impl Into<String>) -> Self {
        Self { code, span, headline: headline.into(), place: None, help: Vec::new() }
    }

    /// Adds what to write instead.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Moves the error to `span` and says in words where it is.
    pub(crate) fn move_to(&mut self, span: Span, place: String) {
        self.span = span;
        self.place = Some(place);
    }

    /// The whole text, as the compiler prints it.
    pub(crate) fn message(&self) -> String {
        let mut text = self.headline.clone();
        if let Some(place) = &self.place {
            text.push_str("\nat ");
            text.push_str(place);
        }
        for help in &self.help {
            text.push_str("\nhelp: ");
            text.push_str(help);
        }
        let code = format!("TEN{:04}", self.code as u16);
        text + &format!("\n{code}: run `tenancy explain {code}`")
    }

    pub(crate) fn to_compile_error(&self) -> TokenStream {
        syn::Error::new(self.span, self.message()).into_compile_error()
    }
}

/// Every mistake that was found, in the order in which it was found.
#[derive(Debug, Default)]
pub(crate) struct Errors(pub(crate) Vec<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Takes over what syn had to say; one of its errors may hold several.
    pub(crate) fn push_syn(&mut self, code: Code, error: syn::Error, context: &str, help: &str) {
        for error in error {
            self.push(Error::new(code, error.span(), format!("{context}: {error}")).help(help));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The name among `known` that `wanted` was probably meant to be.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .min()
        // A third of the letters wrong is a slip of the keyboard; more is another word.
        .filter(|(distance, name)| *distance <= wanted.len().max(name.len()).div_ceil(3))
        .map(|(_, name)| name)
}
