-- erased, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."amount" > $2) OR ("invoices"."amount" <= $3)) ORDER BY "invoices"."id" -- binds: [organization of the scope, 200, 200]

-- erased, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`amount` > ?) OR (`invoices`.`amount` <= ?)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 200, 200]

-- join, postgres
SELECT "invoices"."id" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("invoices"."customer_id" = "customers"."id") AND ("invoices"."org_id" = "customers"."org_id"))) WHERE (("customers"."name" = $3) OR ("customers"."name" = $4)) ORDER BY "invoices"."id" DESC LIMIT $5 -- binds: [organization of the scope, organization of the scope, "Ada", "Dan of B", 5]

-- join, sqlite
SELECT `invoices`.`id` FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON ((`invoices`.`customer_id` = `customers`.`id`) AND (`invoices`.`org_id` = `customers`.`org_id`))) WHERE ((`customers`.`name` = ?) OR (`customers`.`name` = ?)) ORDER BY `invoices`.`id` DESC LIMIT ? -- binds: [organization of the scope, organization of the scope, "Ada", "Dan of B", 5]

-- or everything, postgres
SELECT COUNT(*) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."id" = $2) OR ("invoices"."id" > $3)) -- binds: [organization of the scope, 0, 0]

-- or everything, sqlite
SELECT COUNT(*) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`id` = ?) OR (`invoices`.`id` > ?)) -- binds: [organization of the scope, 0, 0]

-- or_filter, postgres
SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE (("invoices"."number" = $2) OR ("invoices"."number" = $3)) ORDER BY "invoices"."id" -- binds: [organization of the scope, 1, 3]

-- or_filter, sqlite
SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE ((`invoices`.`number` = ?) OR (`invoices`.`number` = ?)) ORDER BY `invoices`.`id` -- binds: [organization of the scope, 1, 3]

-- subquery, postgres
SELECT "customers"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."id" = ANY(SELECT "invoices"."customer_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" WHERE ("invoices"."memo" = $3))) -- binds: [organization of the scope, organization of the scope, "late"]

-- subquery, sqlite
SELECT `customers`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` IN (SELECT `invoices`.`customer_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`memo` = ?))) -- binds: [organization of the scope, organization of the scope, "late"]
