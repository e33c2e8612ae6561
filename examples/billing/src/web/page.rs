//! The frame that every page stands in.

use super::forms::{WRONG, Wrong};
use crate::desk::Visitor;
use maud::{DOCTYPE, Markup, html};
use tenancy_gateway::FORM_FIELD;

/// What the main menu leads to.
const MENU: [(&str, &str); 7] = [
    ("/invoices", "Invoices"),
    ("/customers", "Customers"),
    ("/roll-up", "Roll-up"),
    ("/payout", "Payout"),
    ("/members", "Members"),
    ("/isolation", "Isolation"),
    ("/settings", "Settings"),
];

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · billing" }
                link rel="stylesheet" href="/style.css";
            }
            body { (body) }
        }
    }
}

/// A page without a menu: no user is signed in, or that is not known.
pub(super) fn outside(title: &str, content: Markup) -> Markup {
    document(title, &html! { main.narrow { (content) } })
}

/// A page of a user who is signed in. `organization` is the one that they act for, as the menu shows it.
pub(super) fn inside(
    visitor: &Visitor,
    organization: Option<&str>,
    (path, title): (&str, &str),
    content: Markup,
) -> Markup {
    document(
        title,
        &html! {
            a.skip href="#content" { "To the content" }
            header {
                p.organization { (organization.unwrap_or("No organization")) " " a href="/organizations" { "switch" } }
                @if organization.is_some() {
                    nav aria-label="Main" {
                        ul {
                            @for (to, name) in MENU {
                                li { a href=(to) aria-current=[(to == path).then_some("page")] { (name) } }
                            }
                        }
                    }
                }
                form.leave method="post" action="/sign-out" {
                    (token_field(&visitor.form_token))
                    span { (visitor.name) }
                    " "
                    button.quiet type="submit" { "Sign out" }
                }
            }
            main id="content" { h1 { (title) } (content) }
        },
    )
}

/// The hidden field that shows that a form is this session's.
pub(super) fn token_field(token: &str) -> Markup {
    html! { input type="hidden" name=(FORM_FIELD) value=(token); }
}

/// What went wrong with a form, beside it; the field that it is about names it.
pub(super) fn wrong(wrong: Option<Wrong>) -> Markup {
    html! { @if let Some(Wrong(_, text)) = wrong { p.alert role="alert" id=(WRONG) { (text) } } }
}

/// Cents, as people write amounts.
pub(super) fn amount(cents: i64) -> String {
    let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    let digits = (cents / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        // A thin space that does not break, between groups of three.
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{:02}", cents % 100)
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_are_written_in_groups() {
        assert_eq!(amount(5), "0.05");
        assert_eq!(amount(123_456_789), "1\u{202f}234\u{202f}567.89");
        assert_eq!(amount(-100_000), "-1\u{202f}000.00");
    }
}
