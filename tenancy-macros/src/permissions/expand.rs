//! Actions to tokens: a module for each type, a struct for each permission.
use std::path::Path;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt;

use super::actions::{Actions, Level, Permission};
use super::input::Input;
use super::tracked;

pub(super) fn expand(actions: &[Actions], input: &Input, text: &str, path: &Path) -> TokenStream {
    let modules = actions.iter().map(|actions| module(actions, input));
    let tracked = tracked(Some(path.to_path_buf()));
    quote! {
        #tracked
        #(#modules)*
        /// The permission model's text, for an engine.
        #[allow(dead_code, unreachable_pub)]
        pub const PERMISSION_MODEL: &::core::primitive::str = #text;
    }
}

fn module(actions: &Actions, input: &Input) -> TokenStream {
    let Actions { definition, docs, module, permissions, .. } = actions;
    let summary = format!("Actions on objects of the type `{definition}` in the permission model.");
    let types = permissions.iter().map(|permission| action(actions, permission, input));
    // Outside of the module, where the type means what was written, and no action has its name.
    let alias = actions.id.as_ref().map(|id| {
        let name = id_alias(actions);
        quote!(#[doc(hidden)] #[allow(dead_code, non_camel_case_types, unreachable_pub)] pub type #name = #id;)
    });
    quote! {
        #alias
        #[doc = #summary]
        #(#[doc = ""] #[doc = #docs])*
        #[allow(dead_code, unreachable_pub)]
        pub mod #module {
            #(#types)*
        }
    }
}

fn id_alias(actions: &Actions) -> Ident {
    format_ident!("__tenancy_id_of_{}", actions.module.unraw())
}

fn action(actions: &Actions, permission: &Permission, input: &Input) -> TokenStream {
    let krate = &input.krate;
    let Permission { name, docs, action } = permission;
    let definition = &actions.definition;
    let level = match actions.level {
        Level::Platform => quote!(PlatformLevel),
        Level::Tenant => quote!(TenantLevel),
        Level::Organization => quote!(OrganizationLevel),
    };
    let id = id_alias(actions);
    let (fields, object, value) = match &actions.id {
        Some(_) => (
            quote!((pub super::#id)),
            quote!(#krate::permit::Row<super::#id>),
            quote!(#krate::permit::Row(::core::clone::Clone::clone(&self.0))),
        ),
        None => (TokenStream::new(), quote!(#krate::permit::TheOrganization), quote!(#krate::permit::TheOrganization)),
    };
    let named = match (&actions.level, &actions.id) {
        (Level::Organization, Some(_)) => named(krate, action, true, &quote!(#krate::permit::key(id).map(Self))),
        (Level::Organization, None) => {
            named(krate, action, false, &quote!(::core::option::Option::Some(Self).filter(|_| id.is_empty())))
        }
        _ => TokenStream::new(),
    };
    let summary = format!("The permission `{name}` on an object of the type `{definition}`.");
    quote! {
        #[doc = #summary]
        #(#[doc = ""] #[doc = #docs])*
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::core::cmp::Eq)]
        pub struct #action #fields;
        impl #krate::permit::Action for #action {
            type Level = #krate::permit::#level;
            type Object = #object;
            const OBJECT_TYPE: &'static ::core::primitive::str = #definition;
            const PERMISSION: &'static ::core::primitive::str = #name;
            fn object(&self) -> Self::Object {
                #value
            }
        }
        #named
    }
}

/// How a text names the action's object.
fn named(krate: &syn::Path, action: &Ident, has_id: bool, value: &TokenStream) -> TokenStream {
    quote! {
        impl #krate::permit::NamedAction for #action {
            const HAS_ID: ::core::primitive::bool = #has_id;
            fn with_id(id: &::core::primitive::str) -> ::core::option::Option<Self> {
                #value
            }
        }
    }
}
