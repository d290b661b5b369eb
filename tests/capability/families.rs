//! Sampling and thinking, by families of models.

use tollgate::capability::{AdaptiveUse, BudgetRange, Effort, PermittedSampling, ThinkingForm, lookup};

/// Sampling, form of thinking and levels in short.
fn shown(model: &str) -> String {
    let facts = lookup(model);
    let sampling = match facts.sampling {
        None => "?",
        Some(PermittedSampling::Any) => "any",
        Some(PermittedSampling::OneOf) => "one",
        Some(PermittedSampling::WithoutReasoning) => "without reasoning",
        Some(PermittedSampling::Refused) => "refused",
    };
    let thinking = match facts.thinking {
        None => "?".to_owned(),
        Some(ThinkingForm::Unavailable) => "unavailable".to_owned(),
        Some(ThinkingForm::Budget) => "budget".to_owned(),
        Some(ThinkingForm::BudgetOrAdaptive) => "both".to_owned(),
        Some(ThinkingForm::Adaptive(AdaptiveUse::OnRequest)) => "adaptive".to_owned(),
        Some(ThinkingForm::Adaptive(AdaptiveUse::ByDefault)) => "adaptive by default".to_owned(),
        Some(ThinkingForm::Adaptive(AdaptiveUse::Always)) => "adaptive always".to_owned(),
        Some(ThinkingForm::GeminiBudget(BudgetRange { least, most, can_be_off })) => {
            format!("{least}-{most}{}", if can_be_off { " or 0" } else { "" })
        }
        Some(ThinkingForm::GeminiLevel) => "level".to_owned(),
        Some(ThinkingForm::Effort) => "effort".to_owned(),
    };
    let efforts = facts
        .efforts
        .map_or_else(|| "?".to_owned(), |levels| levels.iter().map(Effort::name).collect::<Vec<_>>().join(" "));
    format!("{sampling} | {thinking} | {efforts}")
}

#[test]
fn claude_takes_sampling_and_thinking_by_version() {
    for (model, expected) in [
        ("claude-2.1", "any | unavailable | "),
        ("anthropic.claude-v2:1", "any | unavailable | "),
        ("claude-3-5-sonnet-20241022", "any | unavailable | "),
        ("claude-3-7-sonnet-20250219", "any | budget | "),
        ("claude-sonnet-4-20250514", "any | budget | "),
        ("claude-opus-4@20250514", "any | budget | "),
        ("claude-opus-4-1-20250805", "one | budget | "),
        ("claude-sonnet-4-5", "one | budget | "),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "one | budget | "),
        ("claude-opus-4-5-20251101", "one | budget | low medium high"),
        ("claude-opus-4-6", "one | both | low medium high max"),
        ("anthropic/claude-sonnet-4.6", "one | both | low medium high max"),
        ("claude-opus-4-7", "refused | adaptive | low medium high xhigh max"),
        ("us.anthropic.claude-opus-4-7", "refused | adaptive | low medium high xhigh"),
        ("claude-opus-4-8", "refused | adaptive | low medium high xhigh max"),
        ("claude-opus-5", "refused | adaptive by default | low medium high xhigh max"),
        ("claude-sonnet-5", "refused | adaptive by default | low medium high xhigh max"),
        ("claude-haiku-5-5", "refused | adaptive by default | low medium high xhigh max"),
        ("claude-sonnet-5-5", "refused | adaptive always | low medium high xhigh max"),
        ("claude-opus-5.5", "refused | adaptive always | low medium high xhigh max"),
        ("claude-fable-5", "refused | adaptive always | low medium high xhigh max"),
        ("claude-mythos-preview", "refused | adaptive always | low medium high xhigh max"),
        ("databricks-claude-opus-4-1", "one | budget | "),
    ] {
        assert_eq!(shown(model), expected, "{model}");
    }
}

#[test]
fn openai_s_models_take_sampling_and_effort_by_version() {
    for (model, expected) in [
        ("gpt-3.5-turbo", "any | unavailable | "),
        ("gpt-35-turbo-16k", "any | unavailable | "),
        ("gpt-4-0613", "any | unavailable | "),
        ("gpt-4.1-mini", "any | unavailable | "),
        ("ft:gpt-4o-mini-2024-07-18:acme::A1b2C3", "any | unavailable | "),
        ("gpt-4o-search-preview", "refused | unavailable | "),
        ("o1-preview", "refused | unavailable | "),
        ("o1-mini-2024-09-12", "refused | unavailable | "),
        ("o1", "refused | effort | low medium high"),
        ("o3-mini", "refused | effort | low medium high"),
        ("azure/o4-mini-2025-04-16", "refused | effort | low medium high"),
        ("o3-deep-research", "refused | effort | ?"),
        ("gpt-5", "refused | effort | minimal low medium high"),
        ("gpt-5-mini-2025-08-07", "refused | effort | minimal low medium high"),
        ("gpt-5-nano-europe", "refused | effort | minimal low medium high"),
        ("gpt-5-chat-latest", "any | unavailable | "),
        ("gpt-5-codex", "refused | effort | low medium high"),
        ("gpt-5-pro", "refused | effort | high"),
        ("gpt-5-search-api", "refused | unavailable | "),
        ("gpt-5.1", "without reasoning | effort | none low medium high"),
        ("gpt-5.1-chat-latest", "refused | effort | medium"),
        ("gpt-5.1-codex-mini", "refused | effort | low medium high"),
        ("gpt-5.1-codex-max", "refused | effort | low medium high xhigh"),
        ("gpt-5.2-2025-12-11", "without reasoning | effort | none low medium high xhigh"),
        ("gpt-5.2-codex", "refused | effort | low medium high xhigh"),
        ("gpt-5.2-pro", "refused | effort | medium high xhigh"),
        ("gpt-5.4-mini", "without reasoning | effort | none low medium high xhigh"),
        ("gpt-5.6-sol", "without reasoning | effort | none low medium high xhigh"),
        ("gpt-6-astra", "without reasoning | effort | low medium high xhigh max"),
        ("gpt-6-luna", "without reasoning | effort | none low medium high xhigh max"),
        ("us.openai.gpt-5.6-sol", "refused | effort | none low medium high xhigh"),
        ("openai.gpt-oss-120b-1:0", "any | effort | low medium high"),
    ] {
        assert_eq!(shown(model), expected, "{model}");
    }
}

#[test]
fn gemini_thinks_by_budget_or_level() {
    for (model, expected) in [
        ("gemini-1.5-pro-002", "any | unavailable | ?"),
        ("gemini-2.0-flash-001", "any | unavailable | ?"),
        ("models/gemini-2.5-pro", "any | 128-32768 | ?"),
        ("google/gemini-2.5-flash", "any | 1-24576 or 0 | ?"),
        ("gemini-2.5-flash-lite", "any | 512-24576 or 0 | ?"),
        ("gemini-2.5-flash-image", "any | unavailable | ?"),
        ("gemini-3-pro-preview", "any | level | low high"),
        ("gemini-3.1-pro-preview", "any | level | low medium high"),
        ("gemini-3-flash-preview", "any | level | minimal low medium high"),
        ("gemini-3.5-flash", "any | level | minimal low medium high"),
        ("gemini-3.5-flash-lite", "refused | level | minimal low medium high"),
        ("gemini-3.6-flash", "refused | level | minimal low medium high"),
        ("gemini-3.8-flash", "refused | level | low medium high"),
        ("gemini-4-argon", "? | level | ?"),
        ("gemini-flash-latest", "? | ? | ?"),
    ] {
        assert_eq!(shown(model), expected, "{model}");
    }
}

#[test]
fn models_of_others_have_what_the_list_says() {
    for (model, expected) in [
        ("mistral-medium-latest", "? | effort | none high"),
        ("kimi-k3", "? | effort | low high max"),
        ("us.xai.grok-4.6", "refused | ? | ?"),
        ("xai.grok-4.3", "? | ? | ?"),
        ("grok-4.6", "? | ? | ?"),
        ("llama-3.3-70b-versatile", "? | unavailable | ?"),
    ] {
        assert_eq!(shown(model), expected, "{model}");
    }
}

#[test]
fn function_calls_need_signatures_from_gemini_3_on() {
    for (model, expected) in [
        ("gemini-2.5-pro", Some(false)),
        ("gemini-2.0-flash", Some(false)),
        ("gemini-3-pro-preview", Some(true)),
        ("projects/p/locations/l/publishers/google/models/gemini-3-pro-preview", Some(true)),
        ("gemini-3.8-flash", Some(true)),
        ("gemini-4-argon", Some(true)),
        ("gemini-flash-latest", None),
        ("gpt-5", None),
    ] {
        assert_eq!(lookup(model).signed_calls, expected, "{model}");
    }
}

#[test]
fn chat_completions_take_the_old_bound_from_models_that_do_not_reason() {
    for (model, expected) in [
        ("gpt-4o", Some(true)),
        ("gpt-5-chat-latest", Some(true)),
        ("gpt-5", Some(false)),
        ("gpt-5.2-chat-latest", Some(false)),
        ("gpt-6-sol", Some(false)),
        ("o1-mini", Some(false)),
        ("llama-3.3-70b-versatile", None),
    ] {
        assert_eq!(lookup(model).max_tokens, expected, "{model}");
    }
}

#[test]
fn sampling_without_reasoning_depends_on_the_effort_and_its_default() {
    for (model, effort, expected) in [
        ("gpt-5.2", None, Some(true)),
        ("gpt-5.2", Some(Effort::None), Some(true)),
        ("gpt-5.2", Some(Effort::Low), Some(false)),
        ("gpt-5.5", None, None),
        ("gpt-5.5", Some(Effort::None), Some(true)),
        ("gpt-6-sol", Some(Effort::High), Some(false)),
        ("gpt-5", Some(Effort::Minimal), Some(false)),
        ("gpt-4o", None, Some(true)),
        ("claude-sonnet-4-5", None, Some(true)),
        ("claude-opus-4-7", None, Some(false)),
        ("llama-3.3-70b-versatile", None, None),
    ] {
        assert_eq!(lookup(model).takes_sampling(effort), expected, "{model} with {effort:?}");
    }
    assert_eq!(lookup("gpt-5.6-luna").tools_while_reasoning, Some(false));
    assert_eq!(lookup("gpt-5").tools_while_reasoning, None);
}

#[test]
fn the_nearest_level_thinks_where_one_is_wanted() {
    let nearest = |model: &str, level| lookup(model).efforts.and_then(|levels| levels.nearest(level));
    assert_eq!(nearest("gpt-5", Effort::High), Some(Effort::High));
    assert_eq!(nearest("gpt-5", Effort::Max), Some(Effort::High));
    assert_eq!(nearest("gpt-5", Effort::None), Some(Effort::Minimal));
    assert_eq!(nearest("gpt-5.2", Effort::Minimal), Some(Effort::Low));
    assert_eq!(nearest("gpt-5-pro", Effort::Low), Some(Effort::High));
    assert_eq!(nearest("gemini-3-pro-preview", Effort::Medium), Some(Effort::Low));
    assert_eq!(nearest("gpt-4o", Effort::Low), None);
    assert!(Effort::ALL.into_iter().all(|level| Effort::of_name(&level.name().to_uppercase()) == Some(level)));
}
