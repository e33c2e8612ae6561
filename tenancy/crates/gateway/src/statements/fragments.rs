//! Conditions that several statements share.

/// What a statement asks of a row of `gateway_sessions` that it may change. Takes `now`.
macro_rules! live {
    () => {
        "ended_at IS NULL AND :now < idle_until AND :now < abs_until AND EXISTS (SELECT 1 FROM gateway_users u \
         WHERE u.id = gateway_sessions.user_id AND u.disabled = 0 AND u.session_epoch = gateway_sessions.user_epoch)"
    };
}

/// One of two numbers of seconds: the first for a session of the platform's staff.
macro_rules! for_staff {
    ($user:literal, $staff:literal, $others:literal) => {
        concat!(
            "CASE WHEN EXISTS (SELECT 1 FROM gateway_staff t WHERE t.user_id = ",
            $user,
            ") THEN ",
            $staff,
            " ELSE ",
            $others,
            " END"
        )
    };
}

/// Gives a session a new id and sets more columns. Takes `new_hash`, `now`, `staff_idle`, `idle`, `id_hash` and `version`.
macro_rules! renewed {
    ($also:literal, $only:literal) => {
        concat!(
            "UPDATE gateway_sessions SET id_hash = :new_hash, version = version + 1, seen_at = :now, idle_until = :now + ",
            for_staff!("gateway_sessions.user_id", ":staff_idle", ":idle"),
            $also,
            " WHERE id_hash = :id_hash AND version = :version AND ",
            live!(),
            $only
        )
    };
}

/// Ends sessions. Takes `now` and `why`.
macro_rules! end {
    ($which:literal) => {
        concat!(
            "UPDATE gateway_sessions SET ended_at = :now, ended_why = :why, sealed_id_token = NULL, \
             sealed_refresh_token = NULL WHERE ended_at IS NULL AND ",
            $which
        )
    };
}

pub(super) use {end, for_staff, live, renewed};
