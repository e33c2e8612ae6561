// @generated automatically by Diesel CLI.

diesel::table! {
    table_00 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_01 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_02 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_03 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_04 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_05 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_06 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_07 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_08 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_09 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_10 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_11 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_12 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_13 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_14 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_15 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_16 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_17 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_18 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::table! {
    table_19 (id) {
        id -> Integer,
        org_id -> Binary,
        parent_id -> Nullable<Integer>,
        name -> Text,
    }
}

diesel::joinable!(table_01 -> table_00 (parent_id));
diesel::joinable!(table_02 -> table_01 (parent_id));
diesel::joinable!(table_03 -> table_02 (parent_id));
diesel::joinable!(table_04 -> table_03 (parent_id));
diesel::joinable!(table_05 -> table_04 (parent_id));
diesel::joinable!(table_06 -> table_05 (parent_id));
diesel::joinable!(table_07 -> table_06 (parent_id));
diesel::joinable!(table_08 -> table_07 (parent_id));
diesel::joinable!(table_09 -> table_08 (parent_id));
diesel::joinable!(table_10 -> table_09 (parent_id));
diesel::joinable!(table_11 -> table_10 (parent_id));
diesel::joinable!(table_12 -> table_11 (parent_id));
diesel::joinable!(table_13 -> table_12 (parent_id));
diesel::joinable!(table_14 -> table_13 (parent_id));
diesel::joinable!(table_15 -> table_14 (parent_id));
diesel::joinable!(table_16 -> table_15 (parent_id));
diesel::joinable!(table_17 -> table_16 (parent_id));
diesel::joinable!(table_18 -> table_17 (parent_id));
diesel::joinable!(table_19 -> table_18 (parent_id));

diesel::allow_tables_to_appear_in_same_query!(
    table_00,
    table_01,
    table_02,
    table_03,
    table_04,
    table_05,
    table_06,
    table_07,
    table_08,
    table_09,
    table_10,
    table_11,
    table_12,
    table_13,
    table_14,
    table_15,
    table_16,
    table_17,
    table_18,
    table_19,
);
