-- children of one, postgres
SELECT "invoices"."number" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."customer_id" = $2) ORDER BY "invoices"."id" -- binds: [organization of the scope, 1]

-- children of one, sqlite
SELECT `invoices`.`number` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`customer_id` = ?) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 1]

-- children, postgres
SELECT "invoices"."id", "invoices"."customer_id", "invoices"."number", "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."customer_id" = ANY($2)) ORDER BY "invoices"."id" -- binds: [organization of the scope, [1, 2, 3, 4, 1, 2, 3]]

-- children, sqlite
SELECT `invoices`.`id`, `invoices`.`customer_id`, `invoices`.`number`, `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`customer_id` IN (?, ?, ?, ?, ?, ?, ?)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 1, 2, 3, 4, 1, 2, 3]
