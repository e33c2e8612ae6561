-- eq_any, postgres
SELECT "customers"."id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."id" = ANY(SELECT "invoices"."customer_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices")) ORDER BY "customers"."id" -- binds: [organization of the scope, organization of the scope]

-- eq_any, sqlite
SELECT `customers`.`id` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` IN (SELECT `invoices`.`customer_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`)) ORDER BY `customers`.`id` -- binds: [organization of the scope, organization of the scope]

-- exists of others, postgres
SELECT COUNT(*) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE EXISTS (SELECT "lines"."invoice_id", "lines"."position", "lines"."item", "lines"."quantity" FROM (SELECT * FROM "lines" WHERE "lines"."org_id" = $2) AS "lines" WHERE (("lines"."invoice_id" = "invoices"."id") AND ("lines"."item" = $3))) -- binds: [organization of the scope, organization of the scope, "gold"]

-- exists of others, sqlite
SELECT COUNT(*) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE EXISTS (SELECT `lines`.`invoice_id`, `lines`.`position`, `lines`.`item`, `lines`.`quantity` FROM (SELECT * FROM `lines` WHERE `lines`.`org_id` = ?) AS `lines` WHERE ((`lines`.`invoice_id` = `invoices`.`id`) AND (`lines`.`item` = ?))) -- binds: [organization of the scope, organization of the scope, "gold"]

-- exists, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE EXISTS (SELECT "lines"."invoice_id", "lines"."position", "lines"."item", "lines"."quantity" FROM (SELECT * FROM "lines" WHERE "lines"."org_id" = $2) AS "lines" WHERE ("lines"."invoice_id" = "invoices"."id")) ORDER BY "invoices"."id" -- binds: [organization of the scope, organization of the scope]

-- exists, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE EXISTS (SELECT `lines`.`invoice_id`, `lines`.`position`, `lines`.`item`, `lines`.`quantity` FROM (SELECT * FROM `lines` WHERE `lines`.`org_id` = ?) AS `lines` WHERE (`lines`.`invoice_id` = `invoices`.`id`)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, organization of the scope]

-- in a comparison, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."amount" = (SELECT max("main.payments"."amount") FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments" LIMIT $3)) -- binds: [organization of the scope, organization of the scope, 1]

-- in a comparison, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`amount` = (SELECT max(`main.payments`.`amount`) FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` LIMIT ?)) -- binds: [organization of the scope, organization of the scope, 1]

-- in order, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ORDER BY (SELECT "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" WHERE ("customers"."id" = "invoices"."customer_id") LIMIT $3) DESC, "invoices"."id" -- binds: [organization of the scope, organization of the scope, 1]

-- in order, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ORDER BY (SELECT `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` = `invoices`.`customer_id`) LIMIT ?) DESC, `invoices`.`id` -- binds: [organization of the scope, organization of the scope, 1]

-- in select, postgres
SELECT "invoices"."id", (SELECT max("main.payments"."amount") FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $1) AS "main.payments" LIMIT $2) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $3) AS "invoices" ORDER BY "invoices"."id" LIMIT $4 -- binds: [organization of the scope, 1, organization of the scope, 1]

-- in select, sqlite
SELECT `invoices`.`id`, (SELECT max(`main.payments`.`amount`) FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` LIMIT ?) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ORDER BY `invoices`.`id` LIMIT ? -- binds: [organization of the scope, 1, organization of the scope, 1]

-- ne_all, postgres
SELECT "customers"."id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."id" != ALL(SELECT "invoices"."customer_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices")) -- binds: [organization of the scope, organization of the scope]

-- ne_all, sqlite
SELECT `customers`.`id` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` NOT IN (SELECT `invoices`.`customer_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`)) -- binds: [organization of the scope, organization of the scope]

-- not exists, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE  NOT (EXISTS (SELECT "lines"."invoice_id", "lines"."position", "lines"."item", "lines"."quantity" FROM (SELECT * FROM "lines" WHERE "lines"."org_id" = $2) AS "lines" WHERE ("lines"."invoice_id" = "invoices"."id"))) -- binds: [organization of the scope, organization of the scope]

-- not exists, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE  NOT (EXISTS (SELECT `lines`.`invoice_id`, `lines`.`position`, `lines`.`item`, `lines`.`quantity` FROM (SELECT * FROM `lines` WHERE `lines`.`org_id` = ?) AS `lines` WHERE (`lines`.`invoice_id` = `invoices`.`id`))) -- binds: [organization of the scope, organization of the scope]

-- three deep, postgres
SELECT "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."id" = ANY(SELECT "invoices"."customer_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" WHERE ("invoices"."id" = ANY(SELECT "main.payments"."invoice_id" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $3) AS "main.payments")))) -- binds: [organization of the scope, organization of the scope, organization of the scope]

-- three deep, sqlite
SELECT `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` IN (SELECT `invoices`.`customer_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`id` IN (SELECT `main.payments`.`invoice_id` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`)))) -- binds: [organization of the scope, organization of the scope, organization of the scope]
