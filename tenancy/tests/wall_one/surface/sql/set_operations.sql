-- except flipped, postgres
(SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $1) AS "main.payments") EXCEPT (SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices") -- binds: [organization of the scope, organization of the scope]

-- except flipped, sqlite
SELECT * FROM (SELECT `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`) EXCEPT SELECT * FROM (SELECT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) -- binds: [organization of the scope, organization of the scope]

-- except, postgres
(SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") EXCEPT (SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments") -- binds: [organization of the scope, organization of the scope]

-- except, sqlite
SELECT * FROM (SELECT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) EXCEPT SELECT * FROM (SELECT `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`) -- binds: [organization of the scope, organization of the scope]

-- global arm, postgres
(SELECT "currencies"."code" FROM "currencies") EXCEPT (SELECT DISTINCT "invoices"."currency" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") -- binds: [organization of the scope]

-- global arm, sqlite
SELECT * FROM (SELECT `currencies`.`code` FROM `currencies`) EXCEPT SELECT * FROM (SELECT DISTINCT `invoices`.`currency` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) -- binds: [organization of the scope]

-- in eq_any, postgres
SELECT COUNT(*) FROM (SELECT * FROM "customers" WHERE "customers"."org_id" = $1) AS "customers" WHERE ("customers"."id" = ANY((SELECT "invoices"."customer_id" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $2) AS "invoices") UNION (SELECT "main.payments"."id" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $3) AS "main.payments"))) -- binds: [organization of the scope, organization of the scope, organization of the scope]

-- in eq_any, sqlite
SELECT COUNT(*) FROM (SELECT * FROM `customers` WHERE `customers`.`org_id` = ?) AS `customers` WHERE (`customers`.`id` IN (SELECT * FROM (SELECT `invoices`.`customer_id` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) UNION SELECT * FROM (SELECT `main.payments`.`id` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`))) -- binds: [organization of the scope, organization of the scope, organization of the scope]

-- intersect, postgres
(SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") INTERSECT (SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments") -- binds: [organization of the scope, organization of the scope]

-- intersect, sqlite
SELECT * FROM (SELECT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) INTERSECT SELECT * FROM (SELECT `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`) -- binds: [organization of the scope, organization of the scope]

-- union, postgres
(SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") UNION (SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments") -- binds: [organization of the scope, organization of the scope]

-- union, sqlite
SELECT * FROM (SELECT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) UNION SELECT * FROM (SELECT `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`) -- binds: [organization of the scope, organization of the scope]

-- union_all, postgres
(SELECT "invoices"."amount" FROM (SELECT * FROM "invoices" WHERE "invoices"."org_id" = $1) AS "invoices") UNION ALL (SELECT "main.payments"."amount" FROM (SELECT * FROM "main"."payments" WHERE "payments"."org_id" = $2) AS "main.payments") -- binds: [organization of the scope, organization of the scope]

-- union_all, sqlite
SELECT * FROM (SELECT `invoices`.`amount` FROM (SELECT * FROM `invoices` WHERE `invoices`.`org_id` = ?) AS `invoices`) UNION ALL SELECT * FROM (SELECT `main.payments`.`amount` FROM (SELECT * FROM `main`.`payments` WHERE `payments`.`org_id` = ?) AS `main.payments`) -- binds: [organization of the scope, organization of the scope]
