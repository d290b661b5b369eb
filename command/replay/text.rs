//! Text of `--help` in addition to the list of options.

use super::equal::{NOT_FACTS, RULES};

/// Description of the command.
pub(crate) const ABOUT: &str = "\
Reads recorded exchanges with providers and prints what each amounts to, one line of JSON an exchange.

The recorded URL stands for the route: host and port tell the provider, the path tells the operation
and the dialect. The request is then read as the gateway reads a client's, the answer as it reads a
provider's, byte by byte if you ask for it; what comes out are the facts that the call's record
would have.

A recording is a file of JSON lines: id, provider, operation, stream,
request {method, url, headers [[name, value]], body_b64} and
response {status, headers, body_b64}; what else a line says is passed over.
Large files are read line by line.";

/// Examples, and further rules that the options do not show.
pub(crate) fn after_help() -> String {
    let mut help = EXAMPLES.to_owned();
    let left_out = NOT_FACTS.join(", ");
    wrap(
        &format!(
            "What --check compares, by the exchange's id: every field that the expectations have, but for {left_out}, \
             which describe where an expectation comes from and not the exchange. Equal is equal by value, but:"
        ),
        "",
        &mut help,
    );
    for rule in RULES {
        help += &format!("  {}:\n", rule.facts);
        wrap(rule.says, "      ", &mut help);
    }
    help + EXCEPTIONS
}

/// Adds a text, wrapped to the width of a page.
pub(crate) fn wrap(text: &str, indent: &str, out: &mut String) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column == 0 || column + 1 + width > WIDTH {
            out.push_str(if column == 0 { "" } else { "\n" });
            out.push_str(indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}

/// Characters in a line of help.
const WIDTH: usize = 100;

const EXAMPLES: &str = "\
Examples:
  tollgate replay calls.jsonl                          the facts of every exchange
  tollgate replay --only c0ffee --fields error,notes calls.jsonl
  tollgate replay --check expected.jsonl calls.jsonl   what is read otherwise than expected
  tollgate replay --check expected.jsonl --provider 'aws.*' --operation converse calls.jsonl
  tollgate replay --check expected.jsonl --split 1 calls.jsonl
  tollgate replay --at llm.internal:8000=vllm calls.jsonl
  zcat calls.jsonl.gz | tollgate replay - | jq -r .response_model | sort | uniq -c

";

const EXCEPTIONS: &str = r#"
An exception says where an expectation is wrong and why. One line each; what a line does not name
may be anything, and `*` stands for any part of a name. The first that holds is counted; --check
lists all of them with their reasons. Lines that begin with # are passed over.
  {"field": "service_tier", "operation": "generate_content", "expected": null, "reason": "…"}
  {"field": ["choices", "finish_reasons"], "provider": "anthropic", "stream": true, "reason": "…"}
  {"field": "seed", "id": "c0ffee", "got": 42, "reason": "…"}
Conditions: field, id, provider, operation, stream, status, expected, got.

Exit code: 0 when all is as expected, 1 when a difference has no exception, 2 when something could not be read.
A line that is no exchange is told, and passed over; one that is no expectation or exception ends the command.
"#;
