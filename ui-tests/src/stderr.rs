//! The compiler's output for one case, as trybuild keeps it.

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether it is a warning: a case must be silent but for its errors.
    pub warning: bool,
    /// The compiler's code, if it has one.
    pub code: Option<String>,
    /// The line of the case that it points at first, if it points into the case.
    pub line: Option<usize>,
    /// The whole text: headline, labels, notes.
    pub text: String,
}

/// Splits the output into its reports. `file` is the case's file name, to know which locations are its own.
pub fn reports(output: &str, file: &str) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for line in output.lines() {
        match headline(line) {
            Some((warning, code)) => reports.push(Report { warning, code, line: None, text: line.to_owned() }),
            None => {
                let Some(report) = reports.last_mut() else { continue };
                report.text.push('\n');
                report.text.push_str(line);
                if report.line.is_none() {
                    report.line = location(line, file);
                }
            }
        }
    }
    reports
}

fn headline(line: &str) -> Option<(bool, Option<String>)> {
    let (warning, rest) = match line.strip_prefix("error") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("warning")?),
    };
    if rest.starts_with(": ") {
        return Some((warning, None));
    }
    let (code, rest) = rest.strip_prefix('[')?.split_once(']')?;
    rest.starts_with(": ").then(|| (warning, Some(code.to_owned())))
}

/// `  --> tests/fail/a_unscoped/case.rs:12:5` gives 12. Only the first arrow of a report counts: `:::` lines and the
/// arrows of notes are elsewhere.
fn location(line: &str, file: &str) -> Option<usize> {
    let place = line.trim_start().strip_prefix("--> ")?;
    let (path, numbers) = place.split_once(".rs:")?;
    let name = path.rsplit('/').next()?;
    if format!("{name}.rs") != file {
        return None;
    }
    numbers.split(':').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
error[E0277]: `invoices` is an organization table: this query names no organization
  --> tests/fail/a_unscoped/load_a_table.rs:12:14
   |
12 |     invoices.load(conn);
   |              ^^^^ here
   |
   = note: see TEN0001

warning: unused import
 --> tests/fail/a_unscoped/load_a_table.rs:2:5

error: no organization column
  --> tests/fail/a_unscoped/load_a_table.rs:20:1
";

    #[test]
    fn splits_reports_with_code_line_and_text() {
        let found = reports(OUTPUT, "load_a_table.rs");
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].code.as_deref(), found[0].line), (Some("E0277"), Some(12)));
        assert!(found[0].text.contains("TEN0001") && !found[0].text.contains("unused"));
        assert!(found[1].warning);
        assert_eq!((found[2].code.as_deref(), found[2].line, found[2].warning), (None, Some(20), false));
    }

    #[test]
    fn a_location_in_another_file_is_not_the_case() {
        assert_eq!(reports(OUTPUT, "another.rs")[0].line, None);
    }
}
