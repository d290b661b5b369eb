//! Forwarding: the attempt at the chosen provider begins.

use super::Call;
use super::fallback::{Fallback, FallbackParts};
use super::for_target::attempt_record;
use super::phase::{CapturedInput, FallbackInput, Forwarded, Phase, Prepared, Upstream};
use super::shadow::{SHADOW_HEADER, ShadowParts};
use super::step::Outbound;
use crate::attempt::{Attempt, Exchange, Headers, address};
use crate::endpoint::Route;
use crate::policy::{Destination, RouteChoice, Target};
use crate::price::DecimalText;
use crate::provider::Provider;
use crate::redaction::Placeholders;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

impl Call {
    /// Adds an attempt at the provider to the record. `target`: where the settings route the call, for a requested model.
    pub(super) fn note_provider(&mut self, provider: &Provider, route: &Route, target: Option<(&Target, &str)>) {
        self.record.attempts.push(attempt_record(provider, route, target));
        self.record.api_type = route.operation.and_then(|operation| operation.api_type);
    }

    /// Creates an empty placeholder table for the call. `stored`: the provider stores texts with placeholders of
    /// earlier calls.
    pub(super) fn placeholders(&self, stored: Option<&'static str>) -> Placeholders {
        let mut table = Placeholders::new(self.seal.clone());
        if stored.is_some() {
            table.expect_others();
        }
        table
    }

    /// Begins the attempt at the provider, or leaves the attempts to upstream instances.
    pub(super) fn send(&mut self, prepared: Prepared) -> Outbound {
        let Prepared { mut headers, provider, choice, fallback, mut exchange, translation, hides_usage, input, body } =
            prepared;
        let plan = Arc::clone(&self.plan);
        self.strip(&mut headers);
        if let Some(body) = &body {
            headers.set("content-length", DecimalText::whole(body.len() as u64).as_str());
            headers.remove("transfer-encoding");
        }
        exchange.stream = self.record.stream;
        let exchange = Rc::new(exchange);
        if plan.attempts.upstream {
            headers.retain(|name, _| !name.starts_with("x-envoy-"));
        }
        if let Some(fallback) = fallback {
            return self.send_upstream(headers, body, fallback, choice, exchange, input);
        }
        for (name, value) in choice.targets.first().into_iter().flat_map(|target| &target.headers) {
            headers.set(name, value);
        }
        let provider = plan.providers.get(provider);
        if let Some(provider) = provider {
            let route = translation.as_ref().map_or(&exchange.route, |translation| &translation.route);
            address(&mut headers, provider, route, self.destination == Destination::Host);
        }
        let provider = provider.filter(|_| plan.attempts.upstream).map(|provider| provider.name.clone());
        if provider.is_some() {
            headers.set(MAX_RETRIES, "0");
        }
        let attempt = Attempt::new(Rc::clone(&exchange), hides_usage).translated(translation);
        if let Some(record) = self.record.attempts.last_mut() {
            record.sent = true;
            if let (Some(measures), Some(target)) = (&self.measures, &record.target) {
                measures.count_request(target);
            }
        }
        self.phase = Phase::Forwarded(Box::new(Forwarded { exchange, attempt, input }));
        Outbound { headers: Some(headers), body, provider, ..Outbound::default() }
    }

    /// Leaves the attempts to upstream instances.
    fn send_upstream(
        &mut self,
        mut headers: Headers,
        body: Option<Vec<u8>>,
        input: FallbackInput,
        choice: RouteChoice,
        exchange: Rc<Exchange>,
        captured: CapturedInput,
    ) -> Outbound {
        let shadow = choice.shadow.as_ref().map(|target| {
            let parts =
                ShadowParts { target, headers: &headers, input: &input, exchange: &exchange, captured: &captured };
            let shadow = Box::new(self.shadow(&parts));
            if let Some(provider) = self.plan.providers.get(target.provider) {
                headers.set(SHADOW_HEADER, &provider.name);
            }
            shadow
        });
        let FallbackInput { requested, reader } = input;
        // A call that has but one target waits for it, with a shadow or without.
        let is_limited = exchange.stream && choice.attempts() > 1;
        let fallback = Fallback::new(FallbackParts {
            plan: Arc::clone(&self.plan),
            started: self.record.started,
            requested,
            reader,
            exchange,
            choice,
            rests: self.rests.clone(),
            measures: self.measures.clone(),
        });
        headers.set(MAX_RETRIES, DecimalText::whole(fallback.retries() as u64).as_str());
        if is_limited {
            let limit = u64::try_from(self.plan.attempts.first_event.as_millis()).unwrap_or(u64::MAX);
            headers.set(TRY_TIMEOUT, DecimalText::whole(limit).as_str());
        }
        let provider = fallback.next_provider().map(str::to_owned);
        let fallback = Rc::new(RefCell::new(fallback));
        self.phase = Phase::Upstream(Box::new(Upstream { fallback: Rc::clone(&fallback), input: captured }));
        Outbound { headers: Some(headers), body, provider, fallback: Some(fallback), shadow }
    }
}

/// Headers by which Envoy's router bounds the attempts of one call. They do not leave towards the provider.
/// <https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/router_filter>, read 2026-11-29.
const MAX_RETRIES: &str = "x-envoy-max-retries";
const TRY_TIMEOUT: &str = "x-envoy-upstream-rq-per-try-timeout-ms";
