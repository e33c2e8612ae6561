//! The provider's two pages. They say what it is for.

use super::PATH;
use crate::demo::PEOPLE;
use maud::{DOCTYPE, Markup, html};

const TITLE: &str = "Development identity provider";

fn page(content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (TITLE) }
                link rel="stylesheet" href={ (PATH) "/style.css" };
            }
            body {
                main.narrow {
                    p.warning role="note" {
                        strong { "For development only." }
                        " Any visitor can sign in as any user here. It asks for no password and is reached from this machine alone."
                    }
                    (content)
                }
            }
        }
    }
}

/// Whom to be.
pub(super) fn choose(request: &str) -> Markup {
    page(html! {
        h1 { (TITLE) }
        p { "Who signs in to " strong { "billing" } "?" }
        form method="post" action={ (PATH) "/authorize" } {
            input type="hidden" name="request" value=(request);
            ul.choices {
                @for person in &PEOPLE {
                    li {
                        button type="submit" name="user" value=(person.subject) {
                            strong { (person.subject) } " " span { (person.about) }
                        }
                    }
                }
            }
            button.quiet type="submit" name="user" value="" { "Cancel" }
        }
    })
}

/// A sentence.
pub(super) fn message(text: &str) -> Markup {
    page(html! { h1 { (TITLE) } p { (text) } })
}
