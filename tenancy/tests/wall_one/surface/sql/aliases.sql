-- alias in exists, postgres
SELECT COUNT(*) FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE EXISTS (SELECT "twin"."id", "twin"."name", "twin"."parent_id" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "twin" WHERE (("twin"."name" = "customers"."name") AND ("twin"."org_id" != "customers"."org_id"))) -- binds: [organization of the scope, organization of the scope]

-- alias in exists, sqlite
SELECT COUNT(*) FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE EXISTS (SELECT `twin`.`id`, `twin`.`name`, `twin`.`parent_id` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `twin` WHERE ((`twin`.`name` = `customers`.`name`) AND (`twin`.`org_id` != `customers`.`org_id`))) -- binds: [organization of the scope, organization of the scope]

-- alias, postgres
SELECT "c"."name" FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "c" WHERE ("c"."id" = $2) -- binds: [organization of the scope, 2]

-- alias, sqlite
SELECT `c`.`name` FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `c` WHERE (`c`.`id` = ?) -- binds: [organization of the scope, 2]

-- declared aliases, postgres
SELECT "younger"."name", "elder"."name" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "younger" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "elder" ON (("younger"."parent_id" = "elder"."id")) AND "younger"."org_id" = "elder"."org_id") ORDER BY "younger"."id" -- binds: [organization of the scope, organization of the scope]

-- declared aliases, sqlite
SELECT `younger`.`name`, `elder`.`name` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `younger` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `elder` ON ((`younger`.`parent_id` = `elder`.`id`)) AND `younger`.`org_id` = `elder`.`org_id`) ORDER BY `younger`.`id` -- binds: [organization of the scope, organization of the scope]

-- declared join of an alias, postgres
SELECT "invoices"."id", "c"."name" FROM ((SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "c" ON (("invoices"."customer_id" = "c"."id") AND ("invoices"."org_id" = "c"."org_id"))) ORDER BY "invoices"."id" -- binds: [organization of the scope, organization of the scope]

-- declared join of an alias, sqlite
SELECT `invoices`.`id`, `c`.`name` FROM ((SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `c` ON ((`invoices`.`customer_id` = `c`.`id`) AND (`invoices`.`org_id` = `c`.`org_id`))) ORDER BY `invoices`.`id` -- binds: [organization of the scope, organization of the scope]

-- grouped alias, postgres
SELECT "parent"."id", "parent"."name", COUNT(*) FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "parent" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "customers" ON (("customers"."parent_id" = "parent"."id")) AND "parent"."org_id" = "customers"."org_id") GROUP BY "parent"."id", "parent"."name" ORDER BY "parent"."id" -- binds: [organization of the scope, organization of the scope]

-- grouped alias, sqlite
SELECT `parent`.`id`, `parent`.`name`, COUNT(*) FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `parent` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` ON ((`customers`.`parent_id` = `parent`.`id`)) AND `parent`.`org_id` = `customers`.`org_id`) GROUP BY `parent`.`id`, `parent`.`name` ORDER BY `parent`.`id` -- binds: [organization of the scope, organization of the scope]

-- self join, postgres
SELECT "child"."name", "parent"."name" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "child" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "parent" ON (("child"."parent_id" = "parent"."id")) AND "child"."org_id" = "parent"."org_id") ORDER BY "child"."id" -- binds: [organization of the scope, organization of the scope]

-- self join, sqlite
SELECT `child`.`name`, `parent`.`name` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `child` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `parent` ON ((`child`.`parent_id` = `parent`.`id`)) AND `child`.`org_id` = `parent`.`org_id`) ORDER BY `child`.`id` -- binds: [organization of the scope, organization of the scope]

-- self left join, postgres
SELECT "child"."name" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "child" LEFT OUTER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "parent" ON (("child"."parent_id" = "parent"."id")) AND "child"."org_id" = "parent"."org_id") WHERE ("parent"."id" IS NULL) -- binds: [organization of the scope, organization of the scope]

-- self left join, sqlite
SELECT `child`.`name` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `child` LEFT OUTER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `parent` ON ((`child`.`parent_id` = `parent`.`id`)) AND `child`.`org_id` = `parent`.`org_id`) WHERE (`parent`.`id` IS NULL) -- binds: [organization of the scope, organization of the scope]

-- table and alias, postgres
SELECT "customers"."name", "parent"."name" FROM ((SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" INNER JOIN (SELECT * FROM "customers" WHERE "customers"."org_id" = $2) AS "parent" ON (("customers"."parent_id" = "parent"."id")) AND "customers"."org_id" = "parent"."org_id") ORDER BY "customers"."id" -- binds: [organization of the scope, organization of the scope]

-- table and alias, sqlite
SELECT `customers`.`name`, `parent`.`name` FROM ((SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` INNER JOIN (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `parent` ON ((`customers`.`parent_id` = `parent`.`id`)) AND `customers`.`org_id` = `parent`.`org_id`) ORDER BY `customers`.`id` -- binds: [organization of the scope, organization of the scope]
