//! `tollgate schema`: the settings' JSON schema, or every setting in a table.

mod table;

use clap::Args;
use std::io::Write;
use std::process::ExitCode;
use tollgate::settings::schema;

/// Print the JSON schema of the settings, or every setting in a table
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SchemaCommand {
    /// A table in Markdown: every setting with its type, its default and its meaning
    #[arg(long)]
    table: bool,
}

const EXAMPLES: &str = r#"The schema is of draft 2020-12, made from the declarations that the filter itself parses its settings with. It
holds names, types, words, patterns, ranges and defaults. The filter checks more than a schema can: ranges of sizes and
durations (here "x-minimum", "x-maximum"), the variables of Envoy's environment, names that are there twice, keys pasted
in place of names.

Examples:
  Completion and checks in an editor: write the schema to a file, and name it in the editor's settings
    tollgate schema > tollgate.schema.json

  All settings at a glance:
    tollgate schema --table

Exit status: 0."#;

impl SchemaCommand {
    pub(crate) fn run(&self) -> ExitCode {
        let schema = schema();
        let text = if self.table { table::table(&schema) } else { format!("{schema:#}\n") };
        // Whoever reads only the beginning has closed the pipe: no fault.
        let _ = std::io::stdout().write_all(text.as_bytes());
        ExitCode::SUCCESS
    }
}
