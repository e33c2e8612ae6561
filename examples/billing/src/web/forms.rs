//! What people type, read.

use crate::ledger::NewInvoice;
use serde::Deserialize;

/// The longest name and number.
const LONGEST: usize = 80;

/// A form for an invoice, as it was typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Draft {
    #[serde(default)]
    pub(super) customer: String,
    #[serde(default)]
    pub(super) number: String,
    #[serde(default)]
    pub(super) period: String,
    #[serde(default)]
    pub(super) amount: String,
    #[serde(default)]
    pub(super) currency: String,
}

impl Draft {
    /// The invoice, or what is wrong.
    pub(super) fn read(&self, currencies: &[String]) -> Result<NewInvoice, Wrong> {
        let customer_id = self.customer.parse().map_err(|_| Wrong("customer", "Choose a customer."))?;
        let number = name(&self.number).ok_or(Wrong("number", "A number has 1 to 80 characters."))?;
        if !is_month(&self.period) {
            return Err(Wrong("period", "Write the month as 2026-01."));
        }
        let cents = cents(&self.amount).ok_or(Wrong("amount", "Write the amount as 1234.50, up to 20000000."))?;
        if !currencies.contains(&self.currency) {
            return Err(Wrong("currency", "Choose a currency."));
        }
        Ok(NewInvoice { customer_id, number, period: self.period.clone(), cents, currency: self.currency.clone() })
    }
}

/// What is wrong with a form: the field, and the sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrong(pub(super) &'static str, pub(super) &'static str);

impl Wrong {
    /// The id of the sentence, for the field that it is about.
    pub(super) fn about(wrong: Option<Self>, field: &str) -> Option<&'static str> {
        wrong.filter(|wrong| wrong.0 == field).map(|_| WRONG)
    }
}

/// Where a page says what is wrong with its form.
pub(super) const WRONG: &str = "wrong";

/// What is looked for: at most 80 characters, none of which is a control character. PostgreSQL takes no zero in a text, and a
/// pattern of any length is work.
pub(super) fn sought(text: &str) -> Option<String> {
    let text = text.trim();
    (text.chars().count() <= LONGEST && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// 1 to 80 characters that can be seen.
pub(super) fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    good.then(|| text.to_owned())
}

/// An account number of ISO 13616: 15 to 34 capital letters and digits, whose check digits are right. Spaces do not matter.
pub(super) fn iban(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect::<String>().to_ascii_uppercase();
    let plain = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !plain || !(15..=34).contains(&text.len()) || !text.as_bytes()[..2].iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    // Letters are the numbers from 10 on; the country and the check digits come last.
    let turned = text.chars().skip(4).chain(text.chars().take(4));
    let rest = turned.filter_map(|letter| letter.to_digit(36)).fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    });
    (rest == 1).then_some(text)
}

fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && (1..=12).contains(&month.parse().unwrap_or(0))
}

/// `12`, `12.5` and `12.50` in cents.
fn cents(text: &str) -> Option<i32> {
    let (whole, part) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: i32 = whole.parse().ok().filter(|whole| *whole <= 20_000_000)?;
    let part: i32 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(part).filter(|cents| *cents > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent() {
        for (text, read) in [("12", 1200), ("12.5", 1250), (" 0,07 ", 7), ("20000000", 2_000_000_000)] {
            assert_eq!(cents(text), Some(read), "{text}");
        }
        for text in ["", "0", "-1", "1.234", "1e3", "20000001", "99999999999", ".5", "1.2.3"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn an_account_number_has_right_check_digits() {
        for right in ["DE89 3704 0044 0532 0130 00", "be68539007547034", "NL91ABNA0417164300"] {
            assert!(iban(right).is_some(), "{right}");
        }
        for wrong in ["", "DE89", "DE88370400440532013000", "1189370400440532013000", "DE89-3704-0044-0532-0130-00"] {
            assert_eq!(iban(wrong), None, "{wrong}");
        }
        assert_eq!(iban(&"Ä".repeat(20)), None);
    }

    #[test]
    fn months_and_names_are_plain() {
        assert!(is_month("2026-12") && !is_month("2026-13") && !is_month("26-1") && !is_month("2026-00"));
        assert_eq!(name("  a b "), Some("a b".to_owned()));
        assert!(name(" ").is_none() && name("a\nb").is_none() && name(&"x".repeat(81)).is_none());
    }
}
