// attack: G05
//~ E0277 OrgScope
use diesel::deserialize::FromSql;
use diesel::pg::Pg;
use tenancy::OrgScope;
use tenancy::sql_types::Organization;

fn reads<T: FromSql<Organization, Pg>>() {}

fn case() {
    reads::<OrgScope>();
}

fn main() {
    let _ = case;
}
