-- as_select, postgres
SELECT "customers"."id", "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."name" LIKE $2) -- binds: [organization of the scope, "B%"]

-- as_select, sqlite
SELECT `customers`.`id`, `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`name` LIKE ?) -- binds: [organization of the scope, "B%"]

-- auto_type, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."amount" > $2) ORDER BY "invoices"."id" -- binds: [organization of the scope, 200]

-- auto_type, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`amount` > ?) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 200]

-- distinct, postgres
SELECT DISTINCT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ORDER BY "invoices"."amount" -- binds: [organization of the scope]

-- distinct, sqlite
SELECT DISTINCT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ORDER BY `invoices`.`amount` -- binds: [organization of the scope]

-- filter by another organization or, postgres
SELECT COUNT(*) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."org_id" = $2) OR ("invoices"."id" > $3)) -- binds: [organization of the scope, OrgId(00000000-0000-0000-0000-00000000000b), 0]

-- filter by another organization or, sqlite
SELECT COUNT(*) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`org_id` = ?) OR (`invoices`.`id` > ?)) -- binds: [organization of the scope, OrgId(00000000-0000-0000-0000-00000000000b), 0]

-- filter by another organization, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."org_id" = $2) -- binds: [organization of the scope, OrgId(00000000-0000-0000-0000-00000000000b)]

-- filter by another organization, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`org_id` = ?) -- binds: [organization of the scope, OrgId(00000000-0000-0000-0000-00000000000b)]

-- find composite, postgres
SELECT "lines"."quantity" FROM (SELECT * FROM "lines" WHERE "lines"."org_id" = $1) AS "lines" WHERE (("lines"."invoice_id" = $2) AND ("lines"."position" = $3)) -- binds: [organization of the scope, 11, 1]

-- find composite, sqlite
SELECT `lines`.`quantity` FROM (SELECT * FROM `lines` WHERE `lines`.`org_id` = ?) AS `lines` WHERE ((`lines`.`invoice_id` = ?) AND (`lines`.`position` = ?)) -- binds: [organization of the scope, 11, 1]

-- find or_filter, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."id" = $2) OR ("invoices"."id" > $3)) ORDER BY "invoices"."id" -- binds: [organization of the scope, 11, 0]

-- find or_filter, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`id` = ?) OR (`invoices`.`id` > ?)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 11, 0]

-- find overlapping, postgres
SELECT "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."id" = $2) -- binds: [organization of the scope, 2]

-- find overlapping, sqlite
SELECT `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` = ?) -- binds: [organization of the scope, 2]

-- find, postgres
SELECT "invoices"."number" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."id" = $2) -- binds: [organization of the scope, 21]

-- find, sqlite
SELECT `invoices`.`number` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`id` = ?) -- binds: [organization of the scope, 21]

-- global, postgres
SELECT "currencies"."label" FROM "currencies" ORDER BY "currencies"."code" -- binds: []

-- global, sqlite
SELECT `currencies`.`label` FROM `currencies` ORDER BY `currencies`.`code` -- binds: []

-- has_query, postgres
SELECT "invoices"."id", "invoices"."customer_id", "invoices"."number", "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."number" = $2) -- binds: [organization of the scope, 2]

-- has_query, sqlite
SELECT `invoices`.`id`, `invoices`.`customer_id`, `invoices`.`number`, `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`number` = ?) -- binds: [organization of the scope, 2]

-- keyset, postgres
SELECT "invoices"."amount", "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."amount" > $2) OR (("invoices"."amount" = $3) AND ("invoices"."id" > $4))) ORDER BY "invoices"."amount", "invoices"."id" LIMIT $5 -- binds: [organization of the scope, 100, 100, 21, 2]

-- keyset, sqlite
SELECT `invoices`.`amount`, `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`amount` > ?) OR ((`invoices`.`amount` = ?) AND (`invoices`.`id` > ?))) ORDER BY `invoices`.`amount`, `invoices`.`id` LIMIT ? -- binds: [organization of the scope, 100, 100, 21, 2]

-- not or, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ( NOT (("invoices"."id" = $2)) OR ("invoices"."id" IS NOT NULL)) ORDER BY "invoices"."id" -- binds: [organization of the scope, 0]

-- not or, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ( NOT ((`invoices`.`id` = ?)) OR (`invoices`.`id` IS NOT NULL)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 0]

-- or_filter, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."amount" > $2) OR ("invoices"."memo" = $3)) ORDER BY "invoices"."id" -- binds: [organization of the scope, 200, "late"]

-- or_filter, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`amount` > ?) OR (`invoices`.`memo` = ?)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 200, "late"]

-- organization as text, postgres
SELECT "notes"."body" FROM (SELECT * FROM "notes" WHERE "notes"."org_id" = $1) AS "notes" WHERE ("notes"."org_id" = $2) -- binds: [organization of the scope, OrgId(00000000-0000-0000-0000-00000000000a)]

-- organization as text, sqlite
SELECT `notes`.`body` FROM (SELECT * FROM `notes` WHERE `notes`.`org_id` = ?) AS `notes` WHERE (`notes`.`org_id` = ?) -- binds: [organization of the scope, OrgId(00000000-0000-0000-0000-00000000000a)]

-- organizations, postgres
SELECT DISTINCT "invoices"."org_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- organizations, sqlite
SELECT DISTINCT `invoices`.`org_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [organization of the scope]

-- page, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ORDER BY "invoices"."amount" DESC, "invoices"."id" ASC LIMIT $2 OFFSET $3 -- binds: [organization of the scope, 2, 1]

-- page, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ORDER BY `invoices`.`amount` DESC, `invoices`.`id` ASC LIMIT ? OFFSET ? -- binds: [organization of the scope, 2, 1]

-- select, postgres
SELECT "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" ORDER BY "customers"."id" -- binds: [organization of the scope]

-- select, sqlite
SELECT `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ORDER BY `customers`.`id` -- binds: [organization of the scope]

-- sort by a chosen column, postgres
SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ORDER BY "invoices"."amount" -- binds: [organization of the scope]

-- sort by a chosen column, sqlite
SELECT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ORDER BY `invoices`.`amount` -- binds: [organization of the scope]

-- table, postgres
SELECT "customers"."id", "customers"."org_id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" -- binds: [organization of the scope]

-- table, sqlite
SELECT `customers`.`id`, `customers`.`org_id` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` -- binds: [organization of the scope]

-- then_order_by, postgres
SELECT "main.payments"."id", "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $1) AS "main.payments" ORDER BY "main.payments"."amount", "main.payments"."id" DESC LIMIT $2 -- binds: [organization of the scope, 1]

-- then_order_by, sqlite
SELECT `main.payments`.`id`, `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` ORDER BY `main.payments`.`amount`, `main.payments`.`id` DESC LIMIT ? -- binds: [organization of the scope, 1]
