//! Lists of models, answered from the settings: the names that the caller's key allows, in the client's dialect.

use super::Call;
use super::step::LocalReply;
use crate::attempt::Headers;
use crate::document::JsonWriter;
use crate::endpoint::{Route, split_query};
use crate::model::Refusal;
use crate::policy::{Destination, VirtualKey};
use percent_encoding::percent_decode_str;

/// API that a list of models is written for.
#[derive(Clone, Copy)]
enum ModelsApi {
    /// <https://platform.openai.com/docs/api-reference/models>, read 2026-11-21.
    OpenAi,
    /// <https://docs.anthropic.com/en/api/models-list>, read 2026-11-21: an epoch value where the release date is unknown.
    Anthropic,
    /// <https://ai.google.dev/api/models>, read 2026-11-21.
    Gemini,
}

impl Call {
    /// Answers a request for the list of models, or for one of them, where the settings name models and the client has
    /// addressed the gateway. `None` for any other request.
    ///
    /// # Errors
    /// The settings name no such model, or the key does not allow it.
    pub(super) fn models(
        &self,
        headers: &Headers,
        route: &Route,
        key: &VirtualKey,
    ) -> Result<Option<LocalReply>, Refusal> {
        let is_list = route.operation.is_some_and(|operation| operation.name == "models");
        let is_asked = is_list && headers.first(":method") == Some(b"GET") && self.destination == Destination::Gateway;
        if self.plan.models.is_empty() || !is_asked {
            return Ok(None);
        }
        let (path, _) = split_query(headers.text(":path").unwrap_or_default());
        let (base, rest) = path.split_at_checked(route.base).unwrap_or_default();
        let Some(rest) = rest.strip_prefix("models") else {
            return Ok(None);
        };
        let google = ["x-goog-api-client", "x-goog-api-key"];
        let has_google_header = google.iter().any(|name| headers.first(name).is_some());
        let api = match headers.first("anthropic-version") {
            Some(_) => ModelsApi::Anthropic,
            // Google's client asks for `/v1/models` too, where it is told another address.
            None if has_google_header || base.starts_with("/v1beta") || base.starts_with("/v1alpha") => {
                ModelsApi::Gemini
            }
            None => ModelsApi::OpenAi,
        };
        let name = rest.trim_matches('/');
        let body = if name.is_empty() {
            let names = self.plan.models.names().filter(|name| key.allows(name));
            list(api, names)
        } else {
            let name = percent_decode_str(name).decode_utf8_lossy();
            if self.plan.models.find(&name).is_none() || !key.allows(&name) {
                return Err(Refusal::ModelUnknown { model: name.into_owned() });
            }
            let mut json = JsonWriter::default();
            write_model(api, &name, &mut json);
            json.finish()
        };
        Ok(Some(LocalReply::answer(body)))
    }
}

fn list<'a>(api: ModelsApi, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let mut json = JsonWriter::default();
    json.begin_object();
    match api {
        ModelsApi::OpenAi => json.name("object").string("list").name("data"),
        ModelsApi::Anthropic => json.name("data"),
        ModelsApi::Gemini => json.name("models"),
    };
    json.begin_array();
    names.clone().for_each(|name| write_model(api, name, &mut json));
    json.end_array();
    if let ModelsApi::Anthropic = api {
        json.name("has_more").raw("false");
        for (member, name) in [("first_id", names.clone().next()), ("last_id", names.last())] {
            match name {
                Some(name) => json.name(member).string(name),
                None => json.name(member).raw("null"),
            };
        }
    }
    json.end_object();
    json.finish()
}

fn write_model(api: ModelsApi, name: &str, json: &mut JsonWriter) {
    json.begin_object();
    match api {
        ModelsApi::OpenAi => json.name("id").string(name).name("object").string("model"),
        ModelsApi::Anthropic => json.name("type").string("model").name("id").string(name),
        ModelsApi::Gemini => json.name("name").string(&["models/", name].concat()),
    };
    match api {
        ModelsApi::OpenAi => json.name("created").raw("0").name("owned_by").string("tollgate"),
        ModelsApi::Anthropic => {
            json.name("display_name").string(name).name("created_at").string("1970-01-01T00:00:00Z")
        }
        ModelsApi::Gemini => json.name("displayName").string(name),
    };
    json.end_object();
}
