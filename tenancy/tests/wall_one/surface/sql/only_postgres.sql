-- batch with defaults, postgres
INSERT INTO "customers" ("org_id", "id", "name", "parent_id") VALUES ($1, $2, $3, $4), ($5, $6, $7, DEFAULT) -- binds: [organization of the scope, 7, "new", 1, organization of the scope, 8, "new"]

-- distinct_on organization, postgres
SELECT DISTINCT ON ("invoices"."org_id") "invoices"."org_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- distinct_on, postgres
SELECT DISTINCT ON ("invoices"."customer_id") "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ORDER BY "invoices"."customer_id", "invoices"."id" DESC -- binds: [organization of the scope]

-- except_all, postgres
(SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") EXCEPT ALL (SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments") -- binds: [organization of the scope, organization of the scope]

-- ilike, postgres
SELECT "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE (("customers"."name" ILIKE $2) OR ("customers"."id" = ANY($3))) ORDER BY "customers"."id" -- binds: [organization of the scope, "%B%", [4, 1]]

-- intersect_all, postgres
(SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") INTERSECT ALL (SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments") -- binds: [organization of the scope, organization of the scope]
