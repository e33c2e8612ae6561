-- array, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) -- binds: [organization of the scope, 37, 1, 37, 7]

-- array, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) -- binds: [organization of the scope, 37, 1, 37, 7]

-- composite, postgres
INSERT INTO "lines" ("org_id", "invoice_id", "position", "item", "quantity") VALUES ($1, $2, $3, $4, $5) -- binds: [organization of the scope, 11, 3, "pen", 1]

-- composite, sqlite
INSERT INTO `lines` (`org_id`, `invoice_id`, `position`, `item`, `quantity`) VALUES (?, ?, ?, ?, ?) -- binds: [organization of the scope, 11, 3, "pen", 1]

-- default_values, postgres
INSERT INTO "invoices" ("org_id") VALUES ($1) -- binds: [organization of the scope]

-- default_values, sqlite
INSERT INTO `invoices` (`org_id`) VALUES (?) -- binds: [organization of the scope]

-- from join returning, postgres
INSERT INTO "customers" ("org_id", "id", "name") SELECT $1, rows.* FROM (SELECT ("customers"."id" + $2), "customers"."name" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $3) AS "customers" INNER JOIN (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $4) AS "invoices" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) WHERE ("invoices"."number" = $5)) AS rows WHERE 1 = 1 RETURNING "customers"."id" -- binds: [organization of the scope, 20, organization of the scope, organization of the scope, 1]

-- from join returning, sqlite
INSERT INTO `customers` (`org_id`, `id`, `name`) SELECT ?, rows.* FROM (SELECT (`customers`.`id` + ?), `customers`.`name` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` INNER JOIN (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) WHERE (`invoices`.`number` = ?)) AS rows WHERE 1 = 1 RETURNING `customers`.`id` -- binds: [organization of the scope, 20, organization of the scope, organization of the scope, 1]

-- from select, postgres
INSERT INTO "invoices" ("org_id", "id", "number", "amount") SELECT $1, rows.* FROM (SELECT ("main.payments"."id" + $2), ("main.payments"."id" + $3), "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $4) AS "main.payments") AS rows WHERE 1 = 1 -- binds: [organization of the scope, 50, 50, organization of the scope]

-- from select, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `number`, `amount`) SELECT ?, rows.* FROM (SELECT (`main.payments`.`id` + ?), (`main.payments`.`id` + ?), `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`) AS rows WHERE 1 = 1 -- binds: [organization of the scope, 50, 50, organization of the scope]

-- no rows, postgres
INSERT INTO "invoices" ("org_id") SELECT $1 WHERE 1 = 0 -- binds: [organization of the scope]

-- no rows, sqlite
INSERT INTO `invoices` (`org_id`) SELECT ? WHERE 1 = 0 -- binds: [organization of the scope]

-- qualified, postgres
INSERT INTO "main"."payments" AS "main.payments" ("org_id", "id", "invoice_id", "amount") VALUES ($1, $2, $3, $4) -- binds: [organization of the scope, 4, 12, 1]

-- qualified, sqlite
INSERT INTO `main`.`payments` AS `main.payments` (`org_id`, `id`, `invoice_id`, `amount`) VALUES (?, ?, ?, ?) -- binds: [organization of the scope, 4, 12, 1]

-- record, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) -- binds: [organization of the scope, 31, 1, 31, 5]

-- record, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) -- binds: [organization of the scope, 31, 1, 31, 5]

-- returning all, postgres
INSERT INTO "customers" ("org_id", "id", "name") VALUES ($1, $2, $3) -- binds: [organization of the scope, 9, "Eve"]

-- returning all, sqlite
INSERT INTO `customers` (`org_id`, `id`, `name`) VALUES (?, ?, ?) -- binds: [organization of the scope, 9, "Eve"]

-- returning organization, postgres
INSERT INTO "customers" ("org_id", "id", "name") VALUES ($1, $2, $3) RETURNING "customers"."id", "customers"."org_id", "customers"."parent_id" -- binds: [organization of the scope, 9, "Eve"]

-- returning organization, sqlite
INSERT INTO `customers` (`org_id`, `id`, `name`) VALUES (?, ?, ?) RETURNING `customers`.`id`, `customers`.`org_id`, `customers`.`parent_id` -- binds: [organization of the scope, 9, "Eve"]

-- returning, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) RETURNING "invoices"."id", "invoices"."customer_id", "invoices"."number", "invoices"."amount" -- binds: [organization of the scope, 41, 2, 41, 5]

-- returning, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) RETURNING `invoices`.`id`, `invoices`.`customer_id`, `invoices`.`number`, `invoices`.`amount` -- binds: [organization of the scope, 41, 2, 41, 5]

-- slice, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT), ($6, $7, $8, $9, $10, DEFAULT) -- binds: [organization of the scope, 35, 1, 35, 5, organization of the scope, 36, 2, 36, 6]

-- slice, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?) -- binds: [organization of the scope, 35, 1, 35, 5, organization of the scope, 36, 2, 36, 6]

-- tuple, postgres
INSERT INTO "invoices" ("org_id", "id", "number", "memo") VALUES ($1, $2, $3, $4) -- binds: [organization of the scope, 32, 32, None]

-- tuple, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `number`, `memo`) VALUES (?, ?, ?, ?) -- binds: [organization of the scope, 32, 32, None]

-- vec, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT), ($6, $7, $8, $9, $10, DEFAULT) -- binds: [organization of the scope, 33, 1, 33, 5, organization of the scope, 34, 2, 34, 6]

-- vec, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?) -- binds: [organization of the scope, 33, 1, 33, 5, organization of the scope, 34, 2, 34, 6]
