-- for_key_share, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."id" = $2) FOR KEY SHARE -- binds: [organization of the scope, 11]

-- for_no_key_update, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."id" = $2) FOR NO KEY UPDATE -- binds: [organization of the scope, 11]

-- for_share, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."id" = $2) FOR SHARE -- binds: [organization of the scope, 11]

-- for_update, postgres
SELECT "customers"."id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" ORDER BY "customers"."id" FOR UPDATE -- binds: [organization of the scope]

-- join for_update, postgres
SELECT "customers"."id" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) ORDER BY "invoices"."id" FOR UPDATE -- binds: [organization of the scope, organization of the scope]

-- no_wait, postgres
SELECT "customers"."id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" FOR UPDATE NOWAIT -- binds: [organization of the scope]

-- skip_locked, postgres
SELECT "customers"."id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" FOR UPDATE SKIP LOCKED -- binds: [organization of the scope]
