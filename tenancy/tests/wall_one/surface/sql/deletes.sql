-- all, postgres
DELETE FROM "lines" WHERE "lines"."org_id" = $1 -- binds: [organization of the scope]

-- all, sqlite
DELETE FROM `lines` WHERE `lines`.`org_id` = ? -- binds: [organization of the scope]

-- boxed, postgres
DELETE FROM "lines" WHERE "lines"."org_id" = $1 AND (("lines"."quantity" > $2)) -- binds: [organization of the scope, 0]

-- boxed, sqlite
DELETE FROM `lines` WHERE `lines`.`org_id` = ? AND ((`lines`.`quantity` > ?)) -- binds: [organization of the scope, 0]

-- composite find, postgres
DELETE FROM "lines" WHERE "lines"."org_id" = $1 AND ((("lines"."invoice_id" = $2) AND ("lines"."position" = $3))) -- binds: [organization of the scope, 11, 1]

-- composite find, sqlite
DELETE FROM `lines` WHERE `lines`.`org_id` = ? AND (((`lines`.`invoice_id` = ?) AND (`lines`.`position` = ?))) -- binds: [organization of the scope, 11, 1]

-- find returning, postgres
DELETE FROM "invoices" WHERE "invoices"."org_id" = $1 AND (("invoices"."id" = $2)) RETURNING "invoices"."id", "invoices"."memo" -- binds: [organization of the scope, 12]

-- find returning, sqlite
DELETE FROM `invoices` WHERE `invoices`.`org_id` = ? AND ((`invoices`.`id` = ?)) RETURNING `invoices`.`id`, `invoices`.`memo` -- binds: [organization of the scope, 12]

-- or_filter, postgres
DELETE FROM "main"."payments" AS "main.payments" WHERE "main.payments"."org_id" = $1 AND ((("main.payments"."id" = $2)) OR (("main.payments"."id" > $3))) -- binds: [organization of the scope, 1, 0]

-- or_filter, sqlite
DELETE FROM `main`.`payments` AS `main.payments` WHERE `main.payments`.`org_id` = ? AND (((`main.payments`.`id` = ?)) OR ((`main.payments`.`id` > ?))) -- binds: [organization of the scope, 1, 0]

-- subquery, postgres
DELETE FROM "main"."payments" AS "main.payments" WHERE "main.payments"."org_id" = $1 AND (("main.payments"."invoice_id" = ANY(SELECT "invoices"."id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices" WHERE ("invoices"."memo" = $3)))) -- binds: [organization of the scope, organization of the scope, "late"]

-- subquery, sqlite
DELETE FROM `main`.`payments` AS `main.payments` WHERE `main.payments`.`org_id` = ? AND ((`main.payments`.`invoice_id` IN (SELECT `invoices`.`id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices` WHERE (`invoices`.`memo` = ?)))) -- binds: [organization of the scope, organization of the scope, "late"]
