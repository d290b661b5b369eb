//! Dialects: what is read of requests and answers, each over fixtures of our own making (`tests/fixtures/<dialect>`).

#![cfg(test)]

mod anthropic;
mod bedrock;
mod bedrock_invoke;
mod cohere;
mod endpoints;
mod faults;
mod google;
mod google_interactions;
mod mistral;
mod openai;
mod openai_errors;
mod openai_media;
mod openai_requests;
mod openai_responses;
mod openai_usage;
mod others;
mod routes;
mod support;
mod unknown;
mod vectors;
