//! Dialects: what is read of requests and answers, each over fixtures of our own making (`tests/fixtures/<dialect>`).

#![cfg(test)]

#[path = "dialect/anthropic.rs"]
mod anthropic;
#[path = "dialect/bedrock.rs"]
mod bedrock;
#[path = "dialect/bedrock_invoke.rs"]
mod bedrock_invoke;
#[path = "dialect/cohere.rs"]
mod cohere;
#[path = "dialect/faults.rs"]
mod faults;
#[path = "dialect/google.rs"]
mod google;
#[path = "dialect/google_interactions.rs"]
mod google_interactions;
#[path = "dialect/mistral.rs"]
mod mistral;
#[path = "dialect/openai.rs"]
mod openai;
#[path = "dialect/openai_media.rs"]
mod openai_media;
#[path = "dialect/openai_requests.rs"]
mod openai_requests;
#[path = "dialect/openai_responses.rs"]
mod openai_responses;
#[path = "dialect/others.rs"]
mod others;
#[path = "dialect/routes.rs"]
mod routes;
#[path = "dialect/support.rs"]
mod support;
#[path = "dialect/unknown.rs"]
mod unknown;
