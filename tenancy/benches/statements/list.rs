//! The statements, each written twice with one meaning: from a scope, and with plain diesel and a filter by hand.
//!
//! `statements!(mode!(..))` hands the list to the macro of one way to measure. Where it is expanded, `t` is the schema of
//! `tenancy` and `p` is plain diesel's.

macro_rules! statements {
    ($mode:ident! $context:tt) => {
        $mode! { $context
            "find by primary key" load (i32, i32, String)
                |scope| scope.from(t::invoices::table).find(7)
                    .select((t::invoices::id, t::invoices::amount, t::invoices::status)),
                |org| p::invoices::table.find(7).filter(p::invoices::org_id.eq(org))
                    .select((p::invoices::id, p::invoices::amount, p::invoices::status));

            "filter, order, limit" load (i32, i32, Option<String>)
                |scope| scope.from(t::invoices::table)
                    .filter(t::invoices::status.eq("open")).filter(t::invoices::amount.gt(100))
                    .order(t::invoices::number.desc()).limit(20)
                    .select((t::invoices::id, t::invoices::amount, t::invoices::memo)),
                |org| p::invoices::table.filter(p::invoices::org_id.eq(org))
                    .filter(p::invoices::status.eq("open")).filter(p::invoices::amount.gt(100))
                    .order(p::invoices::number.desc()).limit(20)
                    .select((p::invoices::id, p::invoices::amount, p::invoices::memo));

            "keyset page" load (i32, i32)
                |scope| scope.from(t::invoices::table)
                    .filter(t::invoices::number.lt(500)
                        .or(t::invoices::number.eq(500).and(t::invoices::id.lt(500))))
                    .order((t::invoices::number.desc(), t::invoices::id.desc())).limit(20)
                    .select((t::invoices::id, t::invoices::number)),
                |org| p::invoices::table.filter(p::invoices::org_id.eq(org))
                    .filter(p::invoices::number.lt(500)
                        .or(p::invoices::number.eq(500).and(p::invoices::id.lt(500))))
                    .order((p::invoices::number.desc(), p::invoices::id.desc())).limit(20)
                    .select((p::invoices::id, p::invoices::number));

            "count" load (i64)
                |scope| scope.from(t::invoices::table).filter(t::invoices::customer_id.eq(3)).count(),
                |org| p::invoices::table.filter(p::invoices::org_id.eq(org))
                    .filter(p::invoices::customer_id.eq(3)).count();

            "inner join" load (i32, String)
                |scope| scope.from(t::invoices::table).inner_join(scope.from(t::customers::table))
                    .filter(t::invoices::customer_id.eq(3))
                    .select((t::invoices::id, t::customers::name)),
                |org| p::invoices::table.inner_join(p::customers::table)
                    .filter(p::invoices::org_id.eq(p::customers::org_id))
                    .filter(p::invoices::org_id.eq(org)).filter(p::customers::org_id.eq(org))
                    .filter(p::invoices::customer_id.eq(3))
                    .select((p::invoices::id, p::customers::name));

            "left join" load (i32, Option<i32>)
                |scope| scope.from(t::customers::table).left_join(scope.from(t::invoices::table))
                    .filter(t::customers::id.eq(3))
                    .select((t::customers::id, t::invoices::amount.nullable())),
                |org| p::customers::table
                    .left_join(p::invoices::table.on(p::invoices::customer_id.eq(p::customers::id)
                        .and(p::customers::org_id.eq(p::invoices::org_id)).and(p::invoices::org_id.eq(org))))
                    .filter(p::customers::org_id.eq(org)).filter(p::customers::id.eq(3))
                    .select((p::customers::id, p::invoices::amount.nullable()));

            "group by, sum" load (i32, Option<i64>)
                |scope| scope.from(t::invoices::table).filter(t::invoices::number.lt(100))
                    .group_by(t::invoices::customer_id)
                    .select((t::invoices::customer_id, sum(t::invoices::amount))),
                |org| p::invoices::table.filter(p::invoices::org_id.eq(org)).filter(p::invoices::number.lt(100))
                    .group_by(p::invoices::customer_id)
                    .select((p::invoices::customer_id, sum(p::invoices::amount)));

            "exists" load (i32)
                |scope| scope.from(t::customers::table)
                    .filter(exists(scope.from(t::invoices::table)
                        .filter(t::invoices::customer_id.eq(t::customers::id)).filter(t::invoices::amount.gt(800))))
                    .select(t::customers::id),
                |org| p::customers::table.filter(p::customers::org_id.eq(org))
                    .filter(exists(p::invoices::table.filter(p::invoices::org_id.eq(org))
                        .filter(p::invoices::customer_id.eq(p::customers::id)).filter(p::invoices::amount.gt(800))))
                    .select(p::customers::id);

            "in a subquery" load (i32)
                |scope| scope.from(t::customers::table)
                    .filter(t::customers::id.eq_any(scope.from(t::invoices::table)
                        .filter(t::invoices::number.lt(50)).select(t::invoices::customer_id)))
                    .select(t::customers::id),
                |org| p::customers::table.filter(p::customers::org_id.eq(org))
                    .filter(p::customers::id.eq_any(p::invoices::table.filter(p::invoices::org_id.eq(org))
                        .filter(p::invoices::number.lt(50)).select(p::invoices::customer_id)))
                    .select(p::customers::id);

            "boxed, two filters" load (i32)
                |scope| scope.from(t::invoices::table).select(t::invoices::id).into_boxed::<DB>()
                    .filter(t::invoices::customer_id.eq(3)).filter(t::invoices::amount.gt(100)),
                |org| p::invoices::table.select(p::invoices::id).into_boxed::<DB>().filter(p::invoices::org_id.eq(org))
                    .filter(p::invoices::customer_id.eq(3)).filter(p::invoices::amount.gt(100));

            "insert one" execute ()
                |scope| scope.insert_into(t::payments::table)
                    .values(&t::NewPayment { invoice_id: 1, amount: 100, method: "card" }),
                |org| diesel::insert_into(p::payments::table)
                    .values(&p::NewPayment { org_id: org, invoice_id: 1, amount: 100, method: "card" });

            "update" execute ()
                |scope| scope.update(t::invoices::table).filter(t::invoices::number.eq(7))
                    .set((t::invoices::amount.eq(70), t::invoices::memo.eq(Some("paid twice")))),
                |org| diesel::update(p::invoices::table.filter(p::invoices::org_id.eq(org))
                    .filter(p::invoices::number.eq(7)))
                    .set((p::invoices::amount.eq(70), p::invoices::memo.eq(Some("paid twice"))));

            // Finds nothing, so that every run does the same work.
            "delete" execute ()
                |scope| scope.delete(t::invoices::table).filter(t::invoices::number.eq(0)),
                |org| diesel::delete(p::invoices::table.filter(p::invoices::org_id.eq(org))
                    .filter(p::invoices::number.eq(0)));

            "upsert" execute ()
                |scope| scope.insert_into(t::invoices::table)
                    .values((t::invoices::customer_id.eq(1), t::invoices::number.eq(9),
                        t::invoices::status.eq("open"), t::invoices::amount.eq(90)))
                    .on_conflict((t::invoices::org_id, t::invoices::number)).do_update()
                    .set(t::invoices::amount.eq(excluded(t::invoices::amount))),
                |org| diesel::query_dsl::methods::FilterDsl::filter(diesel::insert_into(p::invoices::table)
                    .values((p::invoices::org_id.eq(org), p::invoices::customer_id.eq(1), p::invoices::number.eq(9),
                        p::invoices::status.eq("open"), p::invoices::amount.eq(90)))
                    .on_conflict((p::invoices::org_id, p::invoices::number)).do_update()
                    .set(p::invoices::amount.eq(excluded(p::invoices::amount))),
                    p::invoices::org_id.eq(org));
        }
    };
}

/// Many rows at once, which plain diesel has no single statement for on SQLite: a list of its own.
macro_rules! batches {
    ($mode:ident! $context:tt) => {
        $mode! { $context
            "insert ten" execute ()
                |scope| scope.insert_into(t::payments::table)
                    .values(vec![t::NewPayment { invoice_id: 1, amount: 100, method: "card" }; 10]),
                |org| diesel::insert_into(p::payments::table)
                    .values(vec![p::NewPayment { org_id: org, invoice_id: 1, amount: 100, method: "card" }; 10]);
        }
    };
}
pub(crate) use {batches, statements};
