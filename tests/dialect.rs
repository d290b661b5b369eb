//! Dialects: what is read of requests and answers, each over fixtures of our own making (`tests/fixtures/<dialect>`).

#![cfg(test)]

#[path = "dialect/anthropic.rs"]
mod anthropic;
#[path = "dialect/bedrock.rs"]
mod bedrock;
#[path = "dialect/cohere.rs"]
mod cohere;
#[path = "dialect/google.rs"]
mod google;
#[path = "dialect/openai.rs"]
mod openai;
#[path = "dialect/openai_responses.rs"]
mod openai_responses;
#[path = "dialect/others.rs"]
mod others;
#[path = "dialect/routes.rs"]
mod routes;
#[path = "dialect/support.rs"]
mod support;
