-- anti join of customers, postgres
SELECT "customers"."id" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" LEFT OUTER JOIN (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) WHERE ("invoices"."id" IS NULL) -- binds: [organization of the scope, organization of the scope]

-- anti join of customers, sqlite
SELECT `customers`.`id` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` LEFT OUTER JOIN (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) WHERE (`invoices`.`id` IS NULL) -- binds: [organization of the scope, organization of the scope]

-- anti join, postgres
SELECT "invoices"."id" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" LEFT OUTER JOIN (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments" ON (("main.payments"."invoice_id" = "invoices"."id") AND ("main.payments"."org_id" = "invoices"."org_id"))) WHERE ("main.payments"."id" IS NULL) -- binds: [organization of the scope, organization of the scope]

-- anti join, sqlite
SELECT `invoices`.`id` FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` LEFT OUTER JOIN (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` ON ((`main.payments`.`invoice_id` = `invoices`.`id`) AND (`main.payments`.`org_id` = `invoices`.`org_id`))) WHERE (`main.payments`.`id` IS NULL) -- binds: [organization of the scope, organization of the scope]

-- global left, postgres
SELECT "currencies"."code", COUNT(*) FROM ("currencies" LEFT OUTER JOIN (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ON ("invoices"."currency" = "currencies"."code")) GROUP BY "currencies"."code" ORDER BY "currencies"."code" -- binds: [organization of the scope]

-- global left, sqlite
SELECT `currencies`.`code`, COUNT(*) FROM (`currencies` LEFT OUTER JOIN (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ON (`invoices`.`currency` = `currencies`.`code`)) GROUP BY `currencies`.`code` ORDER BY `currencies`.`code` -- binds: [organization of the scope]

-- global right, postgres
SELECT "invoices"."id" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN "currencies" ON ("invoices"."currency" = "currencies"."code")) WHERE ("currencies"."label" = $2) ORDER BY "invoices"."id" -- binds: [organization of the scope, "Euro"]

-- global right, sqlite
SELECT `invoices`.`id` FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN `currencies` ON (`invoices`.`currency` = `currencies`.`code`)) WHERE (`currencies`.`label` = ?) ORDER BY `invoices`.`id` -- binds: [organization of the scope, "Euro"]

-- inner flipped, postgres
SELECT COUNT(*) FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" INNER JOIN (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) -- binds: [organization of the scope, organization of the scope]

-- inner flipped, sqlite
SELECT COUNT(*) FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` INNER JOIN (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) -- binds: [organization of the scope, organization of the scope]

-- inner, postgres
SELECT "invoices"."id", "customers"."name" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) ORDER BY "invoices"."id" -- binds: [organization of the scope, organization of the scope]

-- inner, sqlite
SELECT `invoices`.`id`, `customers`.`name` FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) ORDER BY `invoices`.`id` -- binds: [organization of the scope, organization of the scope]

-- left on, postgres
SELECT "customers"."id", "main.payments"."amount" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" LEFT OUTER JOIN (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments" ON (("main.payments"."id" = "customers"."id")) AND "customers"."org_id" = "main.payments"."org_id") ORDER BY "customers"."id" -- binds: [organization of the scope, organization of the scope]

-- left on, sqlite
SELECT `customers`.`id`, `main.payments`.`amount` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` LEFT OUTER JOIN (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` ON ((`main.payments`.`id` = `customers`.`id`)) AND `customers`.`org_id` = `main.payments`.`org_id`) ORDER BY `customers`.`id` -- binds: [organization of the scope, organization of the scope]

-- left, postgres
SELECT "customers"."name", "invoices"."id" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" LEFT OUTER JOIN (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) ORDER BY "customers"."id", "invoices"."id" -- binds: [organization of the scope, organization of the scope]

-- left, sqlite
SELECT `customers`.`name`, `invoices`.`id` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` LEFT OUTER JOIN (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) ORDER BY `customers`.`id`, `invoices`.`id` -- binds: [organization of the scope, organization of the scope]

-- nested, postgres
SELECT "customers"."id", "invoices"."id", "lines"."item" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" INNER JOIN (((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" LEFT OUTER JOIN (SELECT * FROM "lines" WHERE "lines"."org_id" = $3) AS "lines" ON (("lines"."invoice_id" = "invoices"."id") AND ("lines"."org_id" = "invoices"."org_id"))) INNER JOIN "currencies" ON ("invoices"."currency" = "currencies"."code")) ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) WHERE ("currencies"."code" = $4) ORDER BY "invoices"."id", "lines"."position" -- binds: [organization of the scope, organization of the scope, organization of the scope, "EUR"]

-- nested, sqlite
SELECT `customers`.`id`, `invoices`.`id`, `lines`.`item` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` INNER JOIN (((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` LEFT OUTER JOIN (SELECT * FROM `lines` WHERE `lines`.`org_id` = ?) AS `lines` ON ((`lines`.`invoice_id` = `invoices`.`id`) AND (`lines`.`org_id` = `invoices`.`org_id`))) INNER JOIN `currencies` ON (`invoices`.`currency` = `currencies`.`code`)) ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) WHERE (`currencies`.`code` = ?) ORDER BY `invoices`.`id`, `lines`.`position` -- binds: [organization of the scope, organization of the scope, organization of the scope, "EUR"]

-- on another organization, postgres
SELECT COUNT(*) FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("customers"."org_id" != "invoices"."org_id")) AND "invoices"."org_id" = "customers"."org_id") -- binds: [organization of the scope, organization of the scope]

-- on another organization, sqlite
SELECT COUNT(*) FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON ((`customers`.`org_id` != `invoices`.`org_id`)) AND `invoices`.`org_id` = `customers`.`org_id`) -- binds: [organization of the scope, organization of the scope]

-- on everything, postgres
SELECT COUNT(*) FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON ((("customers"."id" > $3) OR ("invoices"."id" > $4))) AND "invoices"."org_id" = "customers"."org_id") -- binds: [organization of the scope, organization of the scope, 0, 0]

-- on everything, sqlite
SELECT COUNT(*) FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON (((`customers`.`id` > ?) OR (`invoices`.`id` > ?))) AND `invoices`.`org_id` = `customers`.`org_id`) -- binds: [organization of the scope, organization of the scope, 0, 0]

-- records, postgres
SELECT "invoices"."id", "invoices"."customer_id", "invoices"."number", "invoices"."amount", "customers"."id", "customers"."name" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" LEFT OUTER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) WHERE ("invoices"."number" = $3) -- binds: [organization of the scope, organization of the scope, 3]

-- records, sqlite
SELECT `invoices`.`id`, `invoices`.`customer_id`, `invoices`.`number`, `invoices`.`amount`, `customers`.`id`, `customers`.`name` FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` LEFT OUTER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) WHERE (`invoices`.`number` = ?) -- binds: [organization of the scope, organization of the scope, 3]

-- three, postgres
SELECT "customers"."name", "lines"."item" FROM (((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) INNER JOIN (SELECT * FROM "lines" WHERE "lines"."org_id" = $3) AS "lines" ON (("lines"."invoice_id" = "invoices"."id") AND ("lines"."org_id" = "invoices"."org_id"))) ORDER BY "lines"."invoice_id", "lines"."position" -- binds: [organization of the scope, organization of the scope, organization of the scope]

-- three, sqlite
SELECT `customers`.`name`, `lines`.`item` FROM (((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) INNER JOIN (SELECT * FROM `lines` WHERE `lines`.`org_id` = ?) AS `lines` ON ((`lines`.`invoice_id` = `invoices`.`id`) AND (`lines`.`org_id` = `invoices`.`org_id`))) ORDER BY `lines`.`invoice_id`, `lines`.`position` -- binds: [organization of the scope, organization of the scope, organization of the scope]
