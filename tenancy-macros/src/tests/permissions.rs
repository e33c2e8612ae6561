//! `permissions!`: what a model becomes, and its errors.
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};

use crate::permissions::permissions;

/// A folder with one model, removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn with(model: &str) -> Self {
        static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tenancy-permissions-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        std::fs::write(path.join("model.zed"), model).expect("a model");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the macro makes of a model: the expansion, or the messages.
fn expansion(model: &str, input: &str) -> String {
    let folder = Folder::with(model);
    let text = super::pretty(permissions(input.parse().expect("Rust"), &folder.0));
    text.replace(&folder.0.join("model.zed").display().to_string(), "model.zed")
}

fn messages(model: &str, input: &str, expected: Expect) {
    let text = expansion(model, input);
    let errors = text.split("::core::compile_error!").skip(1);
    let errors = errors.filter_map(|error| {
        syn::parse_str::<syn::LitStr>(error.split_once('{').map_or(error, |it| it.1).split("\n}").next()?.trim()).ok()
    });
    let errors: Vec<_> = errors.map(|literal| literal.value() + "\n\n").collect();
    expected.assert_eq(&errors.concat());
}

const FILE: &str = "\"model.zed\"";

#[test]
fn a_permission_is_a_type() {
    let model = "definition user {}
definition organization {
    relation owner: user
    /// Changes where money goes.
    permission change_payout = owner
}
definition type {
    relation organization: organization
    permission view = organization->change_payout
}
definition tenant {
    relation administrator: user
    permission rename = administrator
}";
    expect![[r#"
        const _: &[u8] = ::core::include_bytes!("model.zed");
        ///Actions on objects of the type `organization` in the permission model.
        #[allow(dead_code, unreachable_pub)]
        pub mod organization {
            ///The permission `change_payout` on an object of the type `organization`.
            ///
            ///Changes where money goes.
            #[derive(
                ::core::fmt::Debug,
                ::core::clone::Clone,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq
            )]
            pub struct ChangePayout;
            impl ::tenancy::permit::Action for ChangePayout {
                type Level = ::tenancy::permit::OrganizationLevel;
                type Object = ::tenancy::permit::TheOrganization;
                const OBJECT_TYPE: &'static ::core::primitive::str = "organization";
                const PERMISSION: &'static ::core::primitive::str = "change_payout";
                fn object(&self) -> Self::Object {
                    ::tenancy::permit::TheOrganization
                }
            }
            impl ::tenancy::permit::NamedAction for ChangePayout {
                const HAS_ID: ::core::primitive::bool = false;
                fn with_id(id: &::core::primitive::str) -> ::core::option::Option<Self> {
                    ::core::option::Option::Some(Self).filter(|_| id.is_empty())
                }
            }
        }
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        pub type __tenancy_id_of_type = i32;
        ///Actions on objects of the type `type` in the permission model.
        #[allow(dead_code, unreachable_pub)]
        pub mod r#type {
            ///The permission `view` on an object of the type `type`.
            #[derive(
                ::core::fmt::Debug,
                ::core::clone::Clone,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq
            )]
            pub struct View(pub super::__tenancy_id_of_type);
            impl ::tenancy::permit::Action for View {
                type Level = ::tenancy::permit::OrganizationLevel;
                type Object = ::tenancy::permit::Row<super::__tenancy_id_of_type>;
                const OBJECT_TYPE: &'static ::core::primitive::str = "type";
                const PERMISSION: &'static ::core::primitive::str = "view";
                fn object(&self) -> Self::Object {
                    ::tenancy::permit::Row(::core::clone::Clone::clone(&self.0))
                }
            }
            impl ::tenancy::permit::NamedAction for View {
                const HAS_ID: ::core::primitive::bool = true;
                fn with_id(id: &::core::primitive::str) -> ::core::option::Option<Self> {
                    ::tenancy::permit::key(id).map(Self)
                }
            }
        }
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        pub type __tenancy_id_of_tenant = ::tenancy::permit::Uuid;
        ///Actions on objects of the type `tenant` in the permission model.
        #[allow(dead_code, unreachable_pub)]
        pub mod tenant {
            ///The permission `rename` on an object of the type `tenant`.
            #[derive(
                ::core::fmt::Debug,
                ::core::clone::Clone,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq
            )]
            pub struct Rename(pub super::__tenancy_id_of_tenant);
            impl ::tenancy::permit::Action for Rename {
                type Level = ::tenancy::permit::TenantLevel;
                type Object = ::tenancy::permit::Row<super::__tenancy_id_of_tenant>;
                const OBJECT_TYPE: &'static ::core::primitive::str = "tenant";
                const PERMISSION: &'static ::core::primitive::str = "rename";
                fn object(&self) -> Self::Object {
                    ::tenancy::permit::Row(::core::clone::Clone::clone(&self.0))
                }
            }
        }
        /// The permission model's text, for an engine.
        #[allow(dead_code, unreachable_pub)]
        pub const PERMISSION_MODEL: &::core::primitive::str = "definition user {}\ndefinition organization {\n    relation owner: user\n    /// Changes where money goes.\n    permission change_payout = owner\n}\ndefinition type {\n    relation organization: organization\n    permission view = organization->change_payout\n}\ndefinition tenant {\n    relation administrator: user\n    permission rename = administrator\n}";
    "#]].assert_eq(&expansion(model, "file = \"model.zed\"; ids(type = i32);"));
}

#[test]
fn the_place_in_the_model_is_named() {
    let model = "definition user {}
definition organization {
    relation owner: user
    permission view = ownr
    permission change_it = owner
    permission change__it = owner
}
";
    messages(
        model,
        FILE,
        expect![[r#"
        the permission model is wrong: `organization` has no relation or permission `ownr`; declare it, or use one that it has: `change__it`, `change_it`, `owner`, `view`
        at model.zed:4:23
        TEN0124: run `tenancy explain TEN0124`

    "#]],
    );
    messages(
        &model.replace("ownr", "owner"),
        FILE,
        expect![[r#"
        the permission model is wrong: `change_it` and `change__it` would be one action, `ChangeIt`
        at model.zed:6:16
        help: rename one of the two permissions
        TEN0124: run `tenancy explain TEN0124`

    "#]],
    );
}

#[test]
fn an_object_says_whose_it_is() {
    let model = "definition user {}
definition organization {
    relation owner: user
    permission view = owner
}
definition invoice {
    relation author: user
    permission view = author
}
definition document {
    relation organization: organization | user
    permission view = organization
}
";
    messages(
        model,
        FILE,
        expect![[r#"
        the permission model is wrong: `invoice` has permissions and does not say to which organization its objects belong
        at model.zed:6:12
        help: add `relation organization: organization` to `invoice`
        TEN0124: run `tenancy explain TEN0124`

        the permission model is wrong: `document` has permissions and does not say to which organization its objects belong
        at model.zed:10:12
        help: add `relation organization: organization` to `document`
        TEN0124: run `tenancy explain TEN0124`

    "#]],
    );
}

#[test]
fn settings_are_checked() {
    let model = "definition user {}\ndefinition organization {\n    relation owner: user\n    permission view = owner\n}\n\
        definition invoice {\n    relation organization: organization\n    permission view = organization->view\n}\n";
    messages(
        model,
        "",
        expect![[r#"
        `permissions!` cannot be read: unexpected end of input, the setting `file = "permissions.zed";` is missing
        help: write `permissions!("permissions.zed")`, or settings: `file = "permissions.zed"; ids(invoice = i32); levels(platform = platform, tenant = tenant, organization = organization); crate = ::tenancy;`
        TEN0125: run `tenancy explain TEN0125`

    "#]],
    );
    messages(
        model,
        "\"nowhere.zed\"",
        expect![[r#"
        the permission model `nowhere.zed` cannot be read: No such file or directory (os error 2)
        help: the path is relative to the package's directory, where its `Cargo.toml` lies
        TEN0124: run `tenancy explain TEN0124`

    "#]],
    );
    messages(
        model,
        "file = \"model.zed\"; ids(invoce = i32);",
        expect![[r#"
        `ids(..)` names `invoce`, and the model has no such type with permissions
        help: did you mean `invoice`?
        TEN0125: run `tenancy explain TEN0125`

    "#]],
    );
    messages(
        model,
        "file = \"model.zed\"; ids(organization = i32);",
        expect![[r#"
        `ids(..)` names `organization`, and the model has no such type with permissions
        help: the organization's id is the scope's; other ids are named by their type in the model
        TEN0125: run `tenancy explain TEN0125`

    "#]],
    );
    messages(
        model,
        "file = \"model.zed\"; levels(team = team);",
        expect![[r#"
        `permissions!` cannot be read: a level is `platform`, `tenant` or `organization`
        help: write `permissions!("permissions.zed")`, or settings: `file = "permissions.zed"; ids(invoice = i32); levels(platform = platform, tenant = tenant, organization = organization); crate = ::tenancy;`
        TEN0125: run `tenancy explain TEN0125`

    "#]],
    );
    messages(
        model,
        "file = \"model.zed\"; model = x;",
        expect![[r#"
        `permissions!` cannot be read: `model` is not a setting
        help: write `permissions!("permissions.zed")`, or settings: `file = "permissions.zed"; ids(invoice = i32); levels(platform = platform, tenant = tenant, organization = organization); crate = ::tenancy;`
        TEN0125: run `tenancy explain TEN0125`

    "#]],
    );
    messages(
        "definition user {}",
        FILE,
        expect![[r#"
            the permission model is wrong: it has no type `organization`, whose objects are the organizations
            at model.zed:1:1
            help: declare it, or name the type that is: `levels(organization = company);`
            TEN0124: run `tenancy explain TEN0124`

        "#]],
    );
    assert!(
        permissions("\"model.zed\"".parse().expect("Rust"), Path::new("/nowhere"))
            .to_string()
            .contains("cannot be read")
    );
}
