//! A report as a table for people, as JSON, and as SARIF for code scanning.

use super::finding::{Finding, Report};
use super::printable::shown;
use super::rule::Severity;
use super::rules::rules;
use serde_json::{Value, json};
use std::fmt::Write as _;

pub use super::printable::controls;

/// A table for people. `colour` is for terminals; the command line respects `NO_COLOR`.
pub fn text(report: &Report, colour: bool) -> String {
    let mut out = String::new();
    let objects: Vec<String> = report.findings.iter().map(|finding| shown(&finding.object)).collect();
    let width = objects.iter().map(|object| object.chars().count()).max().unwrap_or(0).min(48);
    for (finding, object) in report.findings.iter().zip(&objects) {
        let severity = paint(finding.severity, format!("{:<8}", finding.severity), colour);
        _ = writeln!(out, "{}  {severity}  {object:<width$}  {}", finding.rule.id, shown(&finding.detail));
    }
    if !report.findings.is_empty() {
        out.push('\n');
    }
    for accepted in &report.accepted {
        let Finding { rule, object, .. } = &accepted.finding;
        let (object, reason) = (shown(object), shown(&accepted.reason));
        _ = writeln!(out, "{}  accepted until {}  {object}: {reason}", rule.id, accepted.expires);
    }
    for not_run in &report.not_run {
        let label = if colour { "\u{1b}[1mNOT RUN\u{1b}[0m" } else { "NOT RUN" };
        _ = writeln!(out, "{}  {label}   {}", not_run.rule, shown(&not_run.why));
    }
    _ = writeln!(out, "{}", summary(report));
    out
}

fn summary(report: &Report) -> String {
    let of = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
        .map(|severity| format!("{} {severity}", of(severity)))
        .join(", ");
    let explain = if report.findings.is_empty() { "" } else { "; `tenancy audit --explain <RULE>` says more" };
    format!(
        "{} rules ran in {} ms, {} not run: {counts}{explain}",
        report.ran.len(),
        report.took.as_millis(),
        report.not_run.len()
    )
}

fn paint(severity: Severity, text: String, colour: bool) -> String {
    let code = match severity {
        Severity::Critical => "1;31",
        Severity::High => "31",
        Severity::Medium => "33",
        Severity::Low => "36",
    };
    if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text }
}

/// The report as JSON.
pub fn json(report: &Report) -> String {
    pretty(&json!({
        "tool": "tenancy audit",
        "version": env!("CARGO_PKG_VERSION"),
        "took_ms": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
        "worst": report.worst(),
        "findings": report.findings,
        "accepted": report.accepted,
        "not_run": report.not_run,
        "ran": report.ran,
    }))
}

/// The report as SARIF 2.1.0. Findings in source have a file and a line; those in a database a logical location, and the
/// file of the declaration, if it is named: code scanning shows no result without a file.
pub fn sarif(report: &Report, declaration: Option<&str>) -> String {
    let descriptions: Vec<Value> = rules()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.title },
                "fullDescription": { "text": format!("{} {}", rule.what, rule.why) },
                "help": { "text": rule.fix, "markdown": rule.markdown() },
                "defaultConfiguration": { "level": level(rule.severity) },
                "properties": { "security-severity": score(rule.severity) },
            })
        })
        .collect();
    let suppressed = report.accepted.iter().map(|accepted| {
        let mut result = result(&accepted.finding, declaration);
        result["suppressions"] = json!([{ "kind": "external", "justification": accepted.reason }]);
        result
    });
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(finding, declaration)).chain(suppressed).collect();
    let missed: Vec<Value> = report
        .not_run
        .iter()
        .map(|not_run| json!({ "level": "warning", "message": { "text": format!("{} not run: {}", not_run.rule, not_run.why) } }))
        .collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tenancy audit",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptions,
            } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": missed }],
            "results": results,
        }],
    }))
}

fn result(finding: &Finding, declaration: Option<&str>) -> Value {
    let file = |file: &str, line: usize| json!({ "artifactLocation": { "uri": uri(file) }, "region": { "startLine": line.max(1) } });
    let location = match (&finding.place, declaration) {
        (Some(place), _) => json!({ "physicalLocation": file(&place.file, place.line) }),
        (None, declaration) => {
            let mut location =
                json!({ "logicalLocations": [{ "fullyQualifiedName": finding.object, "kind": "resource" }] });
            if let Some(declaration) = declaration {
                location["physicalLocation"] = file(declaration, 1);
            }
            location
        }
    };
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rules().position(|rule| rule.id == finding.rule.id),
        "level": level(finding.severity),
        "message": { "text": format!("{}: {}", finding.object, finding.detail) },
        "locations": [location],
        "partialFingerprints": { "tenancy/v1": format!("{}:{}", finding.rule.id, finding.object) },
        "properties": { "severity": finding.severity },
    })
}

/// A path as a relative reference: whatever has a meaning there is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => _ = write!(uri, "%{other:02X}"),
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// What code scanning sorts by.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn pretty(value: &Value) -> String {
    // A value always has a text.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
