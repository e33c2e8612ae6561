-- do nothing, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) ON CONFLICT DO NOTHING -- binds: [organization of the scope, 51, 1, 1, 7]

-- do nothing, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING -- binds: [organization of the scope, 51, 1, 1, 7]

-- filter, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) ON CONFLICT ("org_id", "number") DO UPDATE SET "amount" = $6 WHERE "invoices"."org_id" = $7 AND ((("invoices"."amount" > $8) OR ("invoices"."memo" = $9))) -- binds: [organization of the scope, 62, 2, 1, 7, 1, organization of the scope, 200, "late"]

-- filter, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) ON CONFLICT (`org_id`, `number`) DO UPDATE SET `amount` = ? WHERE `invoices`.`org_id` = ? AND (((`invoices`.`amount` > ?) OR (`invoices`.`memo` = ?))) -- binds: [organization of the scope, 62, 2, 1, 7, 1, organization of the scope, 200, "late"]

-- from select, postgres
INSERT INTO "customers" ("org_id", "id", "name") SELECT $1, rows.* FROM (SELECT ("customers"."id" + $2), "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $3) AS "customers") AS rows WHERE 1 = 1 ON CONFLICT ("org_id", "id") DO UPDATE SET "name" = excluded."name" WHERE "customers"."org_id" = $4 -- binds: [organization of the scope, 1, organization of the scope, organization of the scope]

-- from select, sqlite
INSERT INTO `customers` (`org_id`, `id`, `name`) SELECT ?, rows.* FROM (SELECT (`customers`.`id` + ?), `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers`) AS rows WHERE 1 = 1 ON CONFLICT (`org_id`, `id`) DO UPDATE SET `name` = excluded.`name` WHERE `customers`.`org_id` = ? -- binds: [organization of the scope, 1, organization of the scope, organization of the scope]

-- on organization do nothing, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) ON CONFLICT ("org_id", "number") DO NOTHING -- binds: [organization of the scope, 53, 1, 2, 7]

-- on organization do nothing, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) ON CONFLICT (`org_id`, `number`) DO NOTHING -- binds: [organization of the scope, 53, 1, 2, 7]

-- on organization, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) ON CONFLICT ("org_id", "number") DO UPDATE SET "amount" = $6, "memo" = $7 WHERE "invoices"."org_id" = $8 RETURNING "invoices"."id", "invoices"."amount" -- binds: [organization of the scope, 61, 2, 2, 7, 8, "twice", organization of the scope]

-- on organization, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) ON CONFLICT (`org_id`, `number`) DO UPDATE SET `amount` = ?, `memo` = ? WHERE `invoices`.`org_id` = ? RETURNING `invoices`.`id`, `invoices`.`amount` -- binds: [organization of the scope, 61, 2, 2, 7, 8, "twice", organization of the scope]

-- on primary key returning, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) ON CONFLICT ("id") DO UPDATE SET "amount" = excluded."amount" WHERE "invoices"."org_id" = $6 RETURNING "invoices"."id", "invoices"."memo" -- binds: [organization of the scope, 22, 1, 92, 7, organization of the scope]

-- on primary key returning, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) ON CONFLICT (`id`) DO UPDATE SET `amount` = excluded.`amount` WHERE `invoices`.`org_id` = ? RETURNING `invoices`.`id`, `invoices`.`memo` -- binds: [organization of the scope, 22, 1, 92, 7, organization of the scope]

-- on primary key, postgres
INSERT INTO "invoices" ("org_id", "id", "customer_id", "number", "amount", "memo") VALUES ($1, $2, $3, $4, $5, DEFAULT) ON CONFLICT ("id") DO UPDATE SET "amount" = excluded."amount" WHERE "invoices"."org_id" = $6 -- binds: [organization of the scope, 11, 1, 90, 7, organization of the scope]

-- on primary key, sqlite
INSERT INTO `invoices` (`org_id`, `id`, `customer_id`, `number`, `amount`) VALUES (?, ?, ?, ?, ?) ON CONFLICT (`id`) DO UPDATE SET `amount` = excluded.`amount` WHERE `invoices`.`org_id` = ? -- binds: [organization of the scope, 11, 1, 90, 7, organization of the scope]

-- qualified, postgres
INSERT INTO "main"."payments" AS "main.payments" ("org_id", "id", "invoice_id", "amount") VALUES ($1, $2, $3, $4) ON CONFLICT ("org_id", "id") DO UPDATE SET "amount" = ("main.payments"."amount" + excluded."amount") WHERE "main.payments"."org_id" = $5 -- binds: [organization of the scope, 1, 11, 5, organization of the scope]

-- qualified, sqlite
INSERT INTO `main`.`payments` AS `main.payments` (`org_id`, `id`, `invoice_id`, `amount`) VALUES (?, ?, ?, ?) ON CONFLICT (`org_id`, `id`) DO UPDATE SET `amount` = (`main.payments`.`amount` + excluded.`amount`) WHERE `main.payments`.`org_id` = ? -- binds: [organization of the scope, 1, 11, 5, organization of the scope]
