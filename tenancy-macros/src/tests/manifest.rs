//! The schema as data.
use std::path::Path;

use expect_test::expect;

use crate::read_schema::read;

fn json(input: &str) -> String {
    let outcome = read(input.parse().expect("the test's input is Rust"), Path::new("/nowhere"));
    assert!(outcome.errors.is_empty());
    // A line a table, a column and a join.
    crate::manifest::json(&outcome.schema).replace("{\"", "\n{\"").trim_start().to_owned() + "\n"
}

#[test]
fn every_fact_that_wall_two_needs() {
    let input = r#"
global(currencies);
platform(staff);
organization(parties = company);

diesel::table! {
    currencies (code) { #[max_length = 3] code -> Bpchar, }
}
pub mod billing {
    diesel::table! {
        #[sql_name = "In\"voice\\s"]
        billing.invoices (org_id, id) {
            org_id -> diesel::sql_types::Uuid,
            #[sql_name = "Id"]
            id -> Uuid,
            r#type -> diesel::sql_types::Nullable<Varchar>,
            tags -> Array<Nullable<Text>>,
            more_tags -> Nullable<Array<Nullable<Text>>>,
            currency -> Nullable<Bpchar>,
        }
    }
    diesel::joinable!(invoices -> currencies (currency));
}
diesel::table! {
    parties { id -> Uuid, company -> Uuid, invoice -> Uuid, }
}
diesel::table! {
    staff { id -> Int4, }
}
diesel::joinable!(parties -> invoices (invoice));
"#;
    expect![[r#"
        {"tables":[
        {"path":"currencies","schema":null,"name":"currencies","kind":"global","columns":[
        {"path":"code","name":"code","sql_type":"Bpchar","nullable":false,"max_length":3}],"primary_key":["code"],"organization":null},
        {"path":"billing::invoices","schema":"billing","name":"In\"voice\\s","kind":"tenant","columns":[
        {"path":"org_id","name":"org_id","sql_type":"diesel::sql_types::Uuid","nullable":false,"max_length":null},
        {"path":"id","name":"Id","sql_type":"Uuid","nullable":false,"max_length":null},
        {"path":"type","name":"type","sql_type":"Varchar","nullable":true,"max_length":null},
        {"path":"tags","name":"tags","sql_type":"Array<Nullable<Text>>","nullable":false,"max_length":null},
        {"path":"more_tags","name":"more_tags","sql_type":"Array<Nullable<Text>>","nullable":true,"max_length":null},
        {"path":"currency","name":"currency","sql_type":"Bpchar","nullable":true,"max_length":null}],"primary_key":["org_id","Id"],"organization":"org_id"},
        {"path":"parties","schema":null,"name":"parties","kind":"tenant","columns":[
        {"path":"id","name":"id","sql_type":"Uuid","nullable":false,"max_length":null},
        {"path":"company","name":"company","sql_type":"Uuid","nullable":false,"max_length":null},
        {"path":"invoice","name":"invoice","sql_type":"Uuid","nullable":false,"max_length":null}],"primary_key":["id"],"organization":"company"},
        {"path":"staff","schema":null,"name":"staff","kind":"platform","columns":[
        {"path":"id","name":"id","sql_type":"Int4","nullable":false,"max_length":null}],"primary_key":["id"],"organization":null}],"joins":[
        {"child":"billing::invoices","column":"currency","parent":"currencies"},
        {"child":"parties","column":"invoice","parent":"billing::invoices"}]}
    "#]]
    .assert_eq(&json(input));
}
