//! Forms in which single dialects say the same as others.

use tollgate::dialect::Dialect;
use tollgate::model::{Loss, Losses, Variant};

/// Brings the facts of a request before and after its translation into one form. `stand_in`: name of the tool that
/// stands for the form of the output. `choice`: the choice among the tools, as a fact.
pub(crate) fn alike(
    (to, variant): (Dialect, Variant),
    (mut before, mut after): (Vec<String>, Vec<String>),
    losses: &Losses,
    stand_in: Option<&str>,
    choice: Option<&str>,
) -> (Vec<String>, Vec<String>) {
    if variant == Variant::Mistral {
        // Audio has no type.
        before.iter_mut().for_each(hide_kind_of_audio);
        after.iter_mut().for_each(hide_kind_of_audio);
    }
    if to == Dialect::BedrockConverse {
        before.retain(|fact| fact != "ServiceTier \"auto\"");
        // The user stands among the metadata there.
        (before, after) = (with_user(before), with_user(after));
        // What a history of calls without tools, and one that begins with the model, need there.
        if losses.iter().any(|loss| *loss == Loss::Tool) && !before.iter().any(|fact| fact.starts_with("tool \"")) {
            after.retain(|fact| !fact.starts_with("tool \""));
        }
        if losses.iter().any(|loss| *loss == Loss::Order) && after.iter().any(|fact| fact == "user says .") {
            after.retain(|fact| fact != "user says .");
        }
        if let Some(name) = stand_in {
            replace_output(name, &mut before, &mut after);
        }
    }
    // Some servers write one reasoning under two names, and clients return both.
    before.dedup_by(|next, last| next.starts_with("assistant thinks ") && next == last);
    if !matches!(to, Dialect::CohereV2 | Dialect::Ollama) {
        return (before, after);
    }
    choose(to, choice, &mut before);
    if let Some(name) = stand_in {
        replace_output(name, &mut before, &mut after);
    }
    // Documents stand beside the conversation.
    let is_beside = to == Dialect::CohereV2 && losses.iter().any(|loss| *loss == Loss::Position);
    after.iter_mut().filter(|_| is_beside).for_each(document_text);
    (before, after) = (joined(before), joined(after));
    if is_beside {
        before.sort_by_cached_key(|fact| sorted_lines(fact));
        after.sort_by_cached_key(|fact| sorted_lines(fact));
        before.iter_mut().chain(&mut after).for_each(|fact| *fact = sorted_lines(fact));
    }
    (before, after)
}

/// Takes the user out of the metadata.
fn with_user(facts: Vec<String>) -> Vec<String> {
    let split = |fact: String| {
        let metadata = fact.strip_prefix("Metadata ").and_then(|json| serde_json::from_str(json).ok());
        let Some(serde_json::Value::Object(mut metadata)) = metadata else { return vec![fact] };
        let user = metadata.remove("user_id").map(|user| format!("User {user}"));
        let rest = Some(metadata).filter(|rest| !rest.is_empty());
        user.into_iter().chain(rest.map(|rest| format!("Metadata {}", serde_json::Value::Object(rest)))).collect()
    };
    facts.into_iter().flat_map(split).collect()
}

/// Text of a document that stands beside the conversation.
fn document_text(fact: &mut String) {
    let document = fact.strip_prefix("user says ").and_then(|json| serde_json::from_str(json).ok());
    if let Some(serde_json::Value::Object(document)) = document
        && let Some(serde_json::Value::String(text)) = document.get("text")
    {
        *fact = format!("user says {text}");
    }
}

fn sorted_lines(fact: &str) -> String {
    let (speaker, said) = fact.split_once(" says ").unwrap_or((fact, ""));
    let mut lines: Vec<&str> = said.split('\n').collect();
    lines.sort_unstable();
    format!("{speaker} says {}", lines.join("\n"))
}

fn hide_kind_of_audio(fact: &mut String) {
    if fact.contains("Audio")
        && fact.contains(" shows ")
        && fact.contains(" Inline ")
        && let Some((_, data)) = fact.split_once("data: ")
    {
        *fact = format!("user shows Audio {data}");
    }
}

/// Leaves out the tools that may not be called, where the dialect has no word for that.
fn choose(to: Dialect, choice: Option<&str>, facts: &mut Vec<String>) {
    let is_ollama = to == Dialect::Ollama;
    match choice.and_then(|fact| fact.strip_prefix("choose Some(")) {
        Some("None)") if is_ollama => facts.retain(|fact| !fact.starts_with("tool ") && !fact.starts_with("choose ")),
        Some(choice) => {
            let Some(name) = choice.strip_prefix("Tool(\"").and_then(|rest| rest.strip_suffix("\"))")) else { return };
            facts.retain(|fact| !fact.starts_with("tool ") || fact.starts_with(&format!("tool \"{name}\" ")));
            for fact in facts.iter_mut().filter(|fact| fact.starts_with("choose ")) {
                *fact = "choose Some(Required)".to_owned();
            }
        }
        None => {}
    }
}

/// Puts the tool that stands for the form of the output in its place.
fn replace_output(name: &str, before: &mut Vec<String>, after: &mut Vec<String>) {
    let tool = format!("tool \"{name}\" ");
    let stands = after.iter().any(|fact| fact.starts_with(&tool));
    let is_forced =
        |fact: &String| fact == "choose Some(Required)" || *fact == format!("choose Some(Tool(\"{name}\"))");
    assert!(stands && after.iter().any(is_forced), "{after:#?}");
    after.retain(|fact| !fact.starts_with(&tool) && !fact.starts_with("choose "));
    before.retain(|fact| !fact.starts_with("answer by ") && !fact.starts_with("choose "));
}

/// Joins texts of one author that follow each other, as dialects do whose messages have one text. Images stand beside it.
fn joined(facts: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut shown = Vec::new();
    for fact in facts {
        let (speaker, said) = match fact.split_once(" says ") {
            Some((speaker, said)) => (Some(speaker.to_owned()), said.to_owned()),
            None => (None, String::new()),
        };
        let is_shown = fact.starts_with("user shows ");
        if !is_shown && speaker.as_deref() != Some("user") {
            joined.append(&mut shown);
        }
        // An API with one text of reasoning joins several.
        let end = " [\"\", \"\"]";
        if let (Some(thought), Some(last)) = (fact.strip_prefix("assistant thinks "), joined.last_mut())
            && last.starts_with("assistant thinks ")
            && last.ends_with(end)
        {
            last.truncate(last.len() - end.len());
            last.push_str("\\n");
            last.push_str(thought);
            continue;
        }
        match (speaker, joined.last_mut()) {
            _ if is_shown => shown.push(fact),
            (Some(speaker), Some(last)) if last.starts_with(&format!("{speaker} says ")) => {
                last.push('\n');
                last.push_str(&said);
            }
            _ => joined.push(fact),
        }
    }
    joined.append(&mut shown);
    joined
}
