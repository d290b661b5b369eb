//! Embeddings: single requests and answers, in the words of each API.

use serde_json::{Value, json};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{AnswerContext, Losses, Untranslatable, Variant, WriteTarget, WrittenRequest};

pub(crate) type Form = (Dialect, Variant);

pub(crate) const OPENAI: Form = (Dialect::OpenAiEmbeddings, Variant::Common);
pub(crate) const MISTRAL: Form = (Dialect::OpenAiEmbeddings, Variant::Mistral);
pub(crate) const VOYAGE: Form = (Dialect::OpenAiEmbeddings, Variant::Voyage);
pub(crate) const GEMINI: Form = (Dialect::GeminiEmbed, Variant::Common);
pub(crate) const COHERE: Form = (Dialect::CohereEmbed, Variant::Common);
pub(crate) const BEDROCK_COHERE: Form = (Dialect::CohereEmbed, Variant::Bedrock);
pub(crate) const TITAN: Form = (Dialect::BedrockTitan, Variant::Common);
pub(crate) const OLLAMA: Form = (Dialect::Ollama, Variant::Common);

/// Every form, by its name.
pub(crate) const FORMS: &[(&str, Form)] = &[
    ("openai_embeddings", OPENAI),
    ("mistral_embeddings", MISTRAL),
    ("voyage_embeddings", VOYAGE),
    ("gemini_embed", GEMINI),
    ("cohere_embed", COHERE),
    ("bedrock_titan_embed", TITAN),
    ("ollama_embed", OLLAMA),
];

pub(crate) fn write(from: Form, to: Form, body: &str, losses: &mut Losses) -> Result<WrittenRequest, Untranslatable> {
    let document = Document::new(body.as_bytes()).unwrap();
    let request = from.0.read_request(document).unwrap();
    let source = TranslationSource { dialect: from.0, document, edits: &Edits::default(), read: &request };
    to.0.rewrite_request(&source, &WriteTarget { variant: to.1, client: from.1, ..WriteTarget::default() }, losses)
}

/// A request in another form, and the names of what is lost.
fn written(from: Form, to: Form, body: &Value) -> (Value, Vec<String>) {
    let mut losses = Losses::default();
    let written = write(from, to, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written.body).unwrap(), losses.names().into_iter().collect())
}

fn refused(from: Form, to: Form, body: &Value) -> Untranslatable {
    write(from, to, &body.to_string(), &mut Losses::default()).unwrap_err()
}

pub(crate) fn answer_to(
    from: Form,
    to: Form,
    context: &AnswerContext,
    body: &str,
    losses: &mut Losses,
) -> Result<String, Untranslatable> {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    from.0.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let source = TranslationSource { dialect: from.0, document, edits: &Edits::default(), read: events.as_slice() };
    to.0.write_answer(&source, context, losses)
}

/// The answer to a client's request that another API got.
fn answered(client: (Form, &Value), provider: (Form, &str)) -> Result<(String, Vec<String>), Untranslatable> {
    let request = write(client.0, provider.0, &client.1.to_string(), &mut Losses::default())?;
    let context = AnswerContext {
        id: "answer-1".to_owned(),
        model: "asked".to_owned(),
        embedding: request.embedding,
        ..AnswerContext::default()
    };
    let mut losses = Losses::default();
    let written = answer_to(provider.0, client.0, &context, provider.1, &mut losses)?;
    Ok((written, losses.names().into_iter().collect()))
}

#[test]
fn one_input_is_embed_content_and_several_are_a_batch_of_which_each_names_the_model() {
    let (one, losses) = written(OPENAI, GEMINI, &json!({"model": "m", "input": "a", "dimensions": 256}));
    assert_eq!(one, json!({"model": "models/m", "content": {"parts": [{"text": "a"}]}, "outputDimensionality": 256}));
    assert!(losses.is_empty());
    let (several, _) = written(OPENAI, GEMINI, &json!({"model": "m", "input": ["a", "b"]}));
    let of = |text: &str| json!({"model": "models/m", "content": {"parts": [{"text": text}]}});
    assert_eq!(several, json!({"requests": [of("a"), of("b")]}));
}

#[test]
fn the_purpose_crosses_in_the_words_of_each_api() {
    let words = [
        ("RETRIEVAL_QUERY", "search_query", Some("query")),
        ("RETRIEVAL_DOCUMENT", "search_document", Some("document")),
        ("CLASSIFICATION", "classification", None),
        ("CLUSTERING", "clustering", None),
    ];
    for (google, cohere, voyage) in words {
        let asked = json!({"texts": ["a"], "model": "m", "input_type": cohere});
        let (gemini, losses) = written(COHERE, GEMINI, &asked);
        assert_eq!((&gemini["taskType"], losses.len()), (&json!(google), 0));
        let (back, losses) = written(GEMINI, COHERE, &gemini);
        assert_eq!((&back["input_type"], losses.len()), (&json!(cohere), 0));
        let (other, losses) = written(COHERE, VOYAGE, &asked);
        assert_eq!(other.get("input_type"), voyage.map(|word| json!(word)).as_ref());
        assert_eq!(losses.is_empty(), voyage.is_some());
    }
}

#[test]
fn a_purpose_that_the_target_has_no_word_for_is_named_and_the_nearest_stands_for_it() {
    let asked =
        |purpose: &str| json!({"model": "models/m", "content": {"parts": [{"text": "a"}]}, "taskType": purpose});
    let (cohere, losses) = written(GEMINI, COHERE, &asked("QUESTION_ANSWERING"));
    assert_eq!((&cohere["input_type"], losses), (&json!("search_query"), vec!["taskType".to_owned()]));
    let (cohere, losses) = written(GEMINI, COHERE, &asked("SEMANTIC_SIMILARITY"));
    assert_eq!((&cohere["input_type"], losses), (&json!("search_document"), vec!["taskType".to_owned()]));
    let (openai, losses) = written(GEMINI, OPENAI, &asked("RETRIEVAL_QUERY"));
    assert_eq!((openai, losses), (json!({"model": "m", "input": "a"}), vec!["taskType".to_owned()]));
}

#[test]
fn cohere_s_required_purpose_is_that_of_documents_where_no_one_says_one() {
    let (cohere, losses) = written(OPENAI, COHERE, &json!({"model": "m", "input": "a"}));
    assert_eq!(
        cohere,
        json!({"model": "m", "texts": ["a"], "input_type": "search_document", "embedding_types": ["float"]})
    );
    assert!(losses.is_empty());
}

#[test]
fn bedrock_has_cohere_s_model_in_its_path_and_no_base64() {
    let asked = json!({"model": "m", "input": ["a"], "encoding_format": "base64"});
    let (bedrock, _) = written(OPENAI, BEDROCK_COHERE, &asked);
    assert_eq!(bedrock, json!({"texts": ["a"], "input_type": "search_document", "embedding_types": ["float"]}));
    let (cohere, _) = written(OPENAI, COHERE, &asked);
    assert_eq!(cohere["embedding_types"], json!(["base64"]));
}

#[test]
fn tokens_cross_to_no_other_api() {
    for input in [json!([1, 2, 3]), json!([[1, 2], [3]])] {
        for (name, to) in FORMS.iter().filter(|(_, form)| *form != OPENAI) {
            let body = json!({"model": "m", "input": input});
            assert_eq!(refused(OPENAI, *to, &body), Untranslatable::TokenInput, "{name}");
        }
    }
}

#[test]
fn more_inputs_than_the_target_takes_are_refused() {
    let asked = |count: usize| json!({"model": "m", "input": vec!["a"; count]});
    assert_eq!(refused(OPENAI, TITAN, &asked(2)), Untranslatable::SeveralInputs);
    assert_eq!(written(OPENAI, TITAN, &asked(1)).0, json!({"inputText": "a"}));
    assert_eq!(refused(OPENAI, COHERE, &asked(97)), Untranslatable::TooManyInputs);
    assert_eq!(written(OPENAI, COHERE, &asked(96)).0["texts"].as_array().unwrap().len(), 96);
    assert_eq!(refused(OPENAI, VOYAGE, &asked(1001)), Untranslatable::TooManyInputs);
    assert_eq!(refused(OLLAMA, OPENAI, &asked(2049)), Untranslatable::TooManyInputs);
}

#[test]
fn a_length_that_titan_does_not_have_is_refused() {
    let asked = |length: u32| json!({"model": "m", "input": "a", "dimensions": length});
    assert_eq!(refused(OPENAI, TITAN, &asked(1536)), Untranslatable::VectorLength);
    assert_eq!(written(OPENAI, TITAN, &asked(512)).0, json!({"inputText": "a", "dimensions": 512}));
}

#[test]
fn an_empty_text_stays_an_input_so_that_every_vector_keeps_its_place() {
    for (name, to) in FORMS.iter().filter(|(_, form)| *form != TITAN) {
        let body = json!({"model": "m", "input": ["", "b", ""]}).to_string();
        let there = write(OPENAI, *to, &body, &mut Losses::default()).unwrap().body;
        let back = write(*to, if *to == OPENAI { VOYAGE } else { OPENAI }, &there, &mut Losses::default()).unwrap();
        let back: Value = serde_json::from_str(&back.body).unwrap();
        assert_eq!(back["input"], json!(["", "b", ""]), "{name}: {there}");
    }
}

#[test]
fn settings_of_single_inputs_cross_where_they_are_those_of_all() {
    let input = |purpose: &str| json!({"content": {"parts": [{"text": "a"}]}, "taskType": purpose});
    let body = json!({"requests": [input("CLUSTERING"), input("CLUSTERING")]});
    assert_eq!(written(GEMINI, COHERE, &body).0["input_type"], "clustering");
    let body = json!({"requests": [input("CLUSTERING"), input("RETRIEVAL_QUERY")]});
    assert_eq!(refused(GEMINI, COHERE, &body), Untranslatable::MixedSettings);
    let body = json!({"requests": [input("CLUSTERING"), {"content": {"parts": [{"text": "b"}]}}]});
    assert_eq!(refused(GEMINI, COHERE, &body), Untranslatable::MixedSettings);
}

#[test]
fn a_title_is_no_input_and_is_named_as_lost() {
    let body = json!({"content": {"parts": [{"text": "a"}]}, "taskType": "RETRIEVAL_DOCUMENT", "title": "T"});
    let (cohere, losses) = written(GEMINI, COHERE, &body);
    assert_eq!((&cohere["texts"], losses), (&json!(["a"]), vec!["title".to_owned()]));
}

#[test]
fn truncation_is_a_word_or_a_switch() {
    let cohere = |word: &str| json!({"model": "m", "texts": ["a"], "input_type": "search_query", "truncate": word});
    for (word, switch) in [("NONE", json!(false)), ("END", json!(true))] {
        let (ollama, _) = written(COHERE, OLLAMA, &cohere(word));
        assert_eq!(ollama["truncate"], switch);
        let (voyage, losses) = written(OLLAMA, VOYAGE, &ollama);
        assert_eq!((&voyage["truncation"], losses.len()), (&switch, 0));
        assert_eq!(written(VOYAGE, COHERE, &voyage).0["truncate"], word);
    }
    let (voyage, losses) = written(COHERE, VOYAGE, &cohere("START"));
    assert_eq!((voyage.get("truncation"), losses), (None, vec!["truncate".to_owned()]));
}

#[test]
fn number_types_cross_where_both_know_them() {
    let cohere =
        |types: Value| json!({"model": "m", "texts": ["a"], "input_type": "search_query", "embedding_types": types});
    let (voyage, losses) = written(COHERE, VOYAGE, &cohere(json!(["ubinary"])));
    assert_eq!((&voyage["output_dtype"], losses.len()), (&json!("ubinary"), 0));
    assert_eq!(written(VOYAGE, COHERE, &voyage).0["embedding_types"], json!(["ubinary"]));
    // One call gives vectors of one type.
    let (mistral, losses) = written(COHERE, MISTRAL, &cohere(json!(["int8", "float"])));
    assert_eq!(
        (mistral.get("output_dtype"), losses),
        (None, vec!["embedding_types".to_owned(), "input_type".to_owned()])
    );
    let (openai, losses) = written(COHERE, OPENAI, &cohere(json!(["float", "int8"])));
    assert_eq!(
        (openai, losses),
        (json!({"model": "m", "input": "a"}), vec!["embedding_types".to_owned(), "input_type".to_owned()])
    );
    for to in [OPENAI, GEMINI, TITAN, OLLAMA] {
        assert_eq!(refused(COHERE, to, &cohere(json!(["int8"]))), Untranslatable::NumberType);
    }
    // Titan's bits are not packed.
    let titan = json!({"inputText": "a", "embeddingTypes": ["binary"]});
    assert_eq!(refused(TITAN, COHERE, &titan), Untranslatable::NumberType);
}

#[test]
fn images_cross_where_both_know_them() {
    let cohere = json!({"model": "m", "input_type": "search_document", "inputs": [{"content": [
        {"type": "text", "text": "a cat"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]});
    let (gemini, losses) = written(COHERE, GEMINI, &cohere);
    assert_eq!(
        gemini["content"]["parts"],
        json!([{"text": "a cat"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}])
    );
    assert!(losses.is_empty(), "{losses:?}");
    assert_eq!(written(GEMINI, COHERE, &gemini).0["inputs"], cohere["inputs"]);
    for to in [OPENAI, VOYAGE, MISTRAL, TITAN, OLLAMA] {
        assert_eq!(refused(COHERE, to, &cohere), Untranslatable::InputKind);
    }
    let alone = json!({"model": "m", "input_type": "image", "images": ["data:image/png;base64,AAAA"]});
    let (gemini, losses) = written(COHERE, GEMINI, &alone);
    assert_eq!(gemini["content"]["parts"], json!([{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]));
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn several_texts_with_a_vector_each_are_not_one_input() {
    // Voyage's contextualized embeddings.
    let body = json!({"model": "m", "inputs": [["a", "b"], ["c"]]});
    assert_eq!(refused(VOYAGE, COHERE, &body), Untranslatable::InputKind);
}

#[test]
fn numbers_keep_their_digits() {
    let numbers = "[0.10, 1e-3,-2,12345678901234567890]";
    for (name, client) in FORMS {
        let asked = match *client {
            GEMINI => json!({"content": {"parts": [{"text": "a"}]}}),
            COHERE => json!({"texts": ["a"], "input_type": "search_query"}),
            TITAN => json!({"inputText": "a"}),
            _ => json!({"model": "m", "input": "a"}),
        };
        let provider = if *client == GEMINI {
            (OLLAMA, format!(r#"{{"model":"m","embeddings":[{numbers}]}}"#))
        } else {
            (GEMINI, format!(r#"{{"embedding":{{"values":{numbers}}}}}"#))
        };
        let (answer, losses) = answered((*client, &asked), (provider.0, &provider.1)).unwrap();
        assert!(answer.contains(numbers), "{name}: {answer}");
        assert!(losses.is_empty(), "{name}: {losses:?}");
    }
}

#[test]
fn a_client_that_asks_for_base64_gets_it_from_providers_that_answer_with_numbers() {
    let asked = json!({"model": "m", "input": ["a", "b"], "encoding_format": "base64"});
    let gemini = r#"{"embeddings":[{"values":[0.1,1e-3,-2]},{"values":[1,2,3]}]}"#;
    let (answer, _) = answered((OPENAI, &asked), (GEMINI, gemini)).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    // Four bytes each, the least significant first: struct.pack("<3f", …) of Python.
    assert_eq!(answer["data"][0]["embedding"], "zczMPW8SgzoAAADA");
    assert_eq!(answer["data"][1]["embedding"], "AACAPwAAAEAAAEBA");
    assert_eq!(answer["data"][1]["index"], 1);
}

#[test]
fn a_client_that_asks_for_numbers_gets_them_from_providers_that_answer_with_base64() {
    let cohere = r#"{"id":"i","embeddings":{"base64":["zczMPW8SgzoAAADA"]}}"#;
    let asked = json!({"content": {"parts": [{"text": "a"}]}});
    let (answer, losses) = answered((GEMINI, &asked), (COHERE, cohere)).unwrap();
    assert_eq!(answer, r#"{"embedding":{"values":[0.1,0.001,-2]}}"#);
    assert!(losses.is_empty());
    // Bytes, which are no floats.
    let perplexity = r#"{"object":"list","data":[{"index":0,"embedding":"9sYAAzzy/vfgDQAeOgD2/w=="}],"model":"m"}"#;
    assert_eq!(answered((GEMINI, &asked), (OPENAI, perplexity)).unwrap_err(), Untranslatable::NumberType);
}

#[test]
fn base64_stays_as_it_is_between_apis_that_have_it() {
    let asked = json!({"model": "m", "input": "a", "encoding_format": "base64"});
    let cohere =
        r#"{"id":"i","embeddings":{"base64":["zczMPW8SgzoAAADA"]},"meta":{"billed_units":{"input_tokens":1}}}"#;
    let (answer, _) = answered((OPENAI, &asked), (COHERE, cohere)).unwrap();
    assert!(answer.contains(r#""embedding":"zczMPW8SgzoAAADA""#), "{answer}");
}

#[test]
fn whole_numbers_are_encoded_in_a_byte_each() {
    let asked = json!({"model": "m", "input": "a", "output_dtype": "int8", "encoding_format": "base64"});
    let cohere = r#"{"id":"i","embeddings":{"int8":[[-128,-1,0,127]]}}"#;
    let (answer, _) = answered((VOYAGE, &asked), (COHERE, cohere)).unwrap();
    assert!(answer.contains(r#""embedding":"gP8Afw==""#), "{answer}");
    let asked = json!({"model": "m", "texts": ["a"], "input_type": "search_query", "embedding_types": ["int8"]});
    let voyage = r#"{"data":[{"index":0,"embedding":[-128,-1,0,127]}],"model":"m","usage":{"total_tokens":3}}"#;
    let (answer, _) = answered((COHERE, &asked), (VOYAGE, voyage)).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["embeddings"], json!({"int8": [[-128, -1, 0, 127]]}));
    assert_eq!(answer["meta"]["billed_units"]["input_tokens"], 3);
}

#[test]
fn a_client_of_several_number_types_gets_each() {
    let asked =
        json!({"model": "m", "texts": ["a"], "input_type": "search_query", "embedding_types": ["float", "base64"]});
    let gemini = r#"{"embedding":{"values":[0.1,1e-3,-2]}}"#;
    let (answer, _) = answered((COHERE, &asked), (GEMINI, gemini)).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["embeddings"], json!({"float": [[0.1, 1e-3, -2]], "base64": ["zczMPW8SgzoAAADA"]}));
    assert_eq!(answer["response_type"], "embeddings_by_type");
}

#[test]
fn vectors_of_another_kind_than_the_client_wants_are_no_answer() {
    let asked = json!({"model": "m", "input": "a"});
    for answer in [
        r#"{"id":"i","embeddings":{"int8":[[1,2]]}}"#,
        r#"{"id":"i","embeddings":{"base64":["AAA"]}}"#,
        // Infinity has no number in JSON.
        r#"{"id":"i","embeddings":{"base64":["AACAfw=="]}}"#,
    ] {
        assert_eq!(answered((OPENAI, &asked), (COHERE, answer)).unwrap_err(), Untranslatable::NumberType, "{answer}");
    }
}

#[test]
fn vectors_stand_in_the_order_of_the_inputs_whatever_order_they_come_in() {
    let openai = r#"{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}],"model":"m"}"#;
    let asked = json!({"model": "m", "input": ["a", "b"]});
    let (answer, _) = answered((OLLAMA, &asked), (OPENAI, openai)).unwrap();
    assert!(answer.contains(r#""embeddings":[[1],[2]]"#), "{answer}");
}

#[test]
fn usage_is_that_of_the_provider_and_none_is_made_up() {
    let asked = json!({"model": "m", "input": "a"});
    let titan = r#"{"embedding":[1],"embeddingsByType":{"float":[1]},"inputTextTokenCount":7}"#;
    let (openai, losses) = answered((OPENAI, &asked), (TITAN, titan)).unwrap();
    assert!(openai.contains(r#""usage":{"prompt_tokens":7,"total_tokens":7}"#) && losses.is_empty(), "{losses:?}");
    let voyage = r#"{"data":[{"embedding":[1]}],"model":"m","usage":{"total_tokens":5}}"#;
    let (ollama, _) = answered((OLLAMA, &asked), (VOYAGE, voyage)).unwrap();
    assert_eq!(ollama, r#"{"model":"m","embeddings":[[1]],"prompt_eval_count":5}"#);
    let (ollama, _) = answered((OLLAMA, &asked), (GEMINI, r#"{"embedding":{"values":[1]}}"#)).unwrap();
    assert_eq!(ollama, r#"{"model":"asked","embeddings":[[1]]}"#);
    // Its type demands them.
    let (openai, _) = answered((OPENAI, &asked), (GEMINI, r#"{"embedding":{"values":[1]}}"#)).unwrap();
    assert!(openai.contains(r#""usage":{"prompt_tokens":0,"total_tokens":0}"#), "{openai}");
}

#[test]
fn clients_of_older_forms_get_bare_vectors() {
    let openai = r#"{"data":[{"embedding":[1]}],"model":"m"}"#;
    let (ollama, _) = answered((OLLAMA, &json!({"model": "m", "prompt": "a"})), (OPENAI, openai)).unwrap();
    assert_eq!(ollama, r#"{"model":"m","embedding":[1]}"#);
    let batch = json!({"requests": [{"content": {"parts": [{"text": "a"}]}}]});
    let (gemini, _) = answered((GEMINI, &batch), (OPENAI, openai)).unwrap();
    assert_eq!(gemini, r#"{"embeddings":[{"values":[1]}]}"#);
}

#[test]
fn redacted_texts_are_what_is_written() {
    let body = r#"{"model":"m","input":["I am ada@example.com"]}"#;
    let document = Document::new(body.as_bytes()).unwrap();
    let request = Dialect::OpenAiEmbeddings.read_request(document).unwrap();
    let mut edits = Edits::default();
    let at = body.find("ada@example.com").unwrap();
    edits.replace(at..at + 15, "[EMAIL_1]");
    let source = TranslationSource { dialect: Dialect::OpenAiEmbeddings, document, edits: &edits, read: &request };
    for (name, (to, variant)) in FORMS {
        let target = WriteTarget { variant: *variant, ..WriteTarget::default() };
        let written = to.rewrite_request(&source, &target, &mut Losses::default()).unwrap().body;
        assert!(written.contains("I am [EMAIL_1]") && !written.contains("ada@"), "{name}: {written}");
    }
}
