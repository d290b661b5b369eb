//! JSON schemas of types whose form serde does not derive.

pub(super) use schemars::{Schema, json_schema};

/// Declares the schemas of types whose form serde does not derive. Each is written out where it is used.
macro_rules! schemas {
    ($([$($generics:tt)*] $type:ty = $schema:expr;)*) => {
        $(impl<$($generics)*> schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema = $schema;
                schema(generator)
            }
        })*
    };
}

pub(super) use schemas;
