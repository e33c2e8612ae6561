-- all, postgres
UPDATE "invoices" SET "memo" = $1 WHERE "invoices"."org_id" = $2 -- binds: ["seen", organization of the scope]

-- all, sqlite
UPDATE `invoices` SET `memo` = ? WHERE `invoices`.`org_id` = ? -- binds: ["seen", organization of the scope]

-- boxed unfiltered, postgres
UPDATE "customers" SET "parent_id" = $1 WHERE "customers"."org_id" = $2 -- binds: [1, organization of the scope]

-- boxed unfiltered, sqlite
UPDATE `customers` SET `parent_id` = ? WHERE `customers`.`org_id` = ? -- binds: [1, organization of the scope]

-- boxed, postgres
UPDATE "customers" SET "name" = $1 WHERE "customers"."org_id" = $2 AND (((("customers"."id" > $3)) AND (("customers"."name" != $4))) AND (("customers"."name" != $5))) -- binds: ["Bea", organization of the scope, 1, "Ada", "Cyd"]

-- boxed, sqlite
UPDATE `customers` SET `name` = ? WHERE `customers`.`org_id` = ? AND ((((`customers`.`id` > ?)) AND ((`customers`.`name` != ?))) AND ((`customers`.`name` != ?))) -- binds: ["Bea", organization of the scope, 1, "Ada", "Cyd"]

-- composite find, postgres
UPDATE "lines" SET "quantity" = ("lines"."quantity" * $1) WHERE "lines"."org_id" = $2 AND ((("lines"."invoice_id" = $3) AND ("lines"."position" = $4))) -- binds: [2, organization of the scope, 11, 1]

-- composite find, sqlite
UPDATE `lines` SET `quantity` = (`lines`.`quantity` * ?) WHERE `lines`.`org_id` = ? AND (((`lines`.`invoice_id` = ?) AND (`lines`.`position` = ?))) -- binds: [2, organization of the scope, 11, 1]

-- filters, postgres
UPDATE "invoices" SET "amount" = $1, "memo" = $2 WHERE "invoices"."org_id" = $3 AND ((("invoices"."number" >= $4)) AND (("invoices"."number" <= $5))) -- binds: [5, None, organization of the scope, 2, 2]

-- filters, sqlite
UPDATE `invoices` SET `amount` = ?, `memo` = ? WHERE `invoices`.`org_id` = ? AND (((`invoices`.`number` >= ?)) AND ((`invoices`.`number` <= ?))) -- binds: [5, None, organization of the scope, 2, 2]

-- find, postgres
UPDATE "invoices" SET "amount" = $1 WHERE "invoices"."org_id" = $2 AND (("invoices"."id" = $3)) RETURNING "invoices"."id" -- binds: [0, organization of the scope, 11]

-- find, sqlite
UPDATE `invoices` SET `amount` = ? WHERE `invoices`.`org_id` = ? AND ((`invoices`.`id` = ?)) RETURNING `invoices`.`id` -- binds: [0, organization of the scope, 11]

-- or_filter, postgres
UPDATE "invoices" SET "amount" = ("invoices"."amount" + $1) WHERE "invoices"."org_id" = $2 AND (((("invoices"."amount" > $3) OR ("invoices"."id" > $4))) OR (("invoices"."id" < $5))) -- binds: [1, organization of the scope, 0, 0, 100]

-- or_filter, sqlite
UPDATE `invoices` SET `amount` = (`invoices`.`amount` + ?) WHERE `invoices`.`org_id` = ? AND ((((`invoices`.`amount` > ?) OR (`invoices`.`id` > ?))) OR ((`invoices`.`id` < ?))) -- binds: [1, organization of the scope, 0, 0, 100]

-- qualified find, postgres
UPDATE "main"."payments" AS "main.payments" SET "amount" = $1 WHERE "main.payments"."org_id" = $2 AND (("main.payments"."id" = $3)) -- binds: [61, organization of the scope, 1]

-- qualified find, sqlite
UPDATE `main`.`payments` AS `main.payments` SET `amount` = ? WHERE `main.payments`.`org_id` = ? AND ((`main.payments`.`id` = ?)) -- binds: [61, organization of the scope, 1]

-- record, postgres
UPDATE "invoices" SET "amount" = $1 WHERE "invoices"."org_id" = $2 AND (("invoices"."number" = $3)) RETURNING "invoices"."id", "invoices"."customer_id", "invoices"."number", "invoices"."amount" -- binds: [9, organization of the scope, 3]

-- record, sqlite
UPDATE `invoices` SET `amount` = ? WHERE `invoices`.`org_id` = ? AND ((`invoices`.`number` = ?)) RETURNING `invoices`.`id`, `invoices`.`customer_id`, `invoices`.`number`, `invoices`.`amount` -- binds: [9, organization of the scope, 3]

-- subqueries, postgres
UPDATE "invoices" SET "amount" = (SELECT max("main.payments"."amount") FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $1) AS "main.payments" LIMIT $2) WHERE "invoices"."org_id" = $3 AND (("invoices"."id" = ANY(SELECT "main.payments"."invoice_id" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $4) AS "main.payments"))) -- binds: [organization of the scope, 1, organization of the scope, organization of the scope]

-- subqueries, sqlite
UPDATE `invoices` SET `amount` = (SELECT max(`main.payments`.`amount`) FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` LIMIT ?) WHERE `invoices`.`org_id` = ? AND ((`invoices`.`id` IN (SELECT `main.payments`.`invoice_id` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`))) -- binds: [organization of the scope, 1, organization of the scope, organization of the scope]
