-- aggregate_filter, postgres
SELECT count("invoices"."id") FILTER ( WHERE ("invoices"."number" = $1)) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" -- binds: [2, organization of the scope]

-- aggregate_filter, sqlite
SELECT count(`invoices`.`id`) FILTER ( WHERE (`invoices`.`number` = ?)) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [2, organization of the scope]

-- avg, postgres
SELECT avg("invoices"."amount") FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- avg, sqlite
SELECT avg(`invoices`.`amount`) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [organization of the scope]

-- count, postgres
SELECT COUNT(*) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- count, sqlite
SELECT COUNT(*) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [organization of the scope]

-- count_distinct, postgres
SELECT count( DISTINCT "invoices"."amount"), count("invoices"."memo") FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- count_distinct, sqlite
SELECT count( DISTINCT `invoices`.`amount`), count(`invoices`.`memo`) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [organization of the scope]

-- extremes, postgres
SELECT max("invoices"."amount"), min("invoices"."amount"), sum("invoices"."amount") FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- extremes, sqlite
SELECT max(`invoices`.`amount`), min(`invoices`.`amount`), sum(`invoices`.`amount`) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [organization of the scope]

-- group_by join, postgres
SELECT "invoices"."id", sum("main.payments"."amount") FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments" ON (("main.payments"."invoice_id" = "invoices"."id") AND ("main.payments"."org_id" = "invoices"."org_id"))) GROUP BY "invoices"."id" ORDER BY "invoices"."id" -- binds: [organization of the scope, organization of the scope]

-- group_by join, sqlite
SELECT `invoices`.`id`, sum(`main.payments`.`amount`) FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments` ON ((`main.payments`.`invoice_id` = `invoices`.`id`) AND (`main.payments`.`org_id` = `invoices`.`org_id`))) GROUP BY `invoices`.`id` ORDER BY `invoices`.`id` -- binds: [organization of the scope, organization of the scope]

-- group_by organization, postgres
SELECT "invoices"."org_id", COUNT(*) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" GROUP BY "invoices"."org_id" -- binds: [organization of the scope]

-- group_by organization, sqlite
SELECT `invoices`.`org_id`, COUNT(*) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` GROUP BY `invoices`.`org_id` -- binds: [organization of the scope]

-- group_by, postgres
SELECT "invoices"."customer_id", sum("invoices"."amount"), COUNT(*) FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" GROUP BY "invoices"."customer_id" ORDER BY "invoices"."customer_id" -- binds: [organization of the scope]

-- group_by, sqlite
SELECT `invoices`.`customer_id`, sum(`invoices`.`amount`), COUNT(*) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` GROUP BY `invoices`.`customer_id` ORDER BY `invoices`.`customer_id` -- binds: [organization of the scope]

-- having, postgres
SELECT "invoices"."customer_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" GROUP BY "invoices"."customer_id" HAVING (sum("invoices"."amount") > $2) -- binds: [organization of the scope, 300]

-- having, sqlite
SELECT `invoices`.`customer_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` GROUP BY `invoices`.`customer_id` HAVING (sum(`invoices`.`amount`) > ?) -- binds: [organization of the scope, 300]

-- owners, postgres
SELECT count( DISTINCT "invoices"."customer_id") FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" -- binds: [organization of the scope]

-- owners, sqlite
SELECT count( DISTINCT `invoices`.`customer_id`) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` -- binds: [organization of the scope]

-- select exists, postgres
SELECT EXISTS (SELECT "invoices"."id", "invoices"."customer_id", "invoices"."number", "invoices"."amount", "invoices"."currency", "invoices"."memo" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" WHERE ("invoices"."id" = $2)) -- binds: [organization of the scope, 11]

-- select exists, sqlite
SELECT EXISTS (SELECT `invoices`.`id`, `invoices`.`customer_id`, `invoices`.`number`, `invoices`.`amount`, `invoices`.`currency`, `invoices`.`memo` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`id` = ?)) -- binds: [organization of the scope, 11]

-- window over all, postgres
SELECT COUNT(*) OVER () FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" ORDER BY "customers"."id" LIMIT $2 -- binds: [organization of the scope, 1]

-- window over all, sqlite
SELECT COUNT(*) OVER () FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ORDER BY `customers`.`id` LIMIT ? -- binds: [organization of the scope, 1]

-- window, postgres
SELECT "invoices"."id", sum("invoices"."amount") OVER ( PARTITION BY "invoices"."customer_id" ORDER BY "invoices"."id") FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" ORDER BY "invoices"."id" -- binds: [organization of the scope]

-- window, sqlite
SELECT `invoices`.`id`, sum(`invoices`.`amount`) OVER ( PARTITION BY `invoices`.`customer_id` ORDER BY `invoices`.`id`) FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` ORDER BY `invoices`.`id` -- binds: [organization of the scope]
