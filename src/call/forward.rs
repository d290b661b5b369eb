//! Forwarding: the attempt at the chosen provider begins.

use super::Call;
use super::phase::{Forwarded, Phase, Prepared};
use super::step::Outbound;
use crate::attempt::{Attempt, address};
use crate::endpoint::Route;
use crate::policy::Destination;
use crate::price::DecimalText;
use crate::provider::Provider;
use crate::record::AttemptRecord;
use crate::redaction::Placeholders;
use std::rc::Rc;
use std::sync::Arc;

impl Call {
    /// Adds an attempt at the provider to the record. `model`: its name there, where the settings route it.
    pub(super) fn note_provider(&mut self, provider: &Provider, route: &Route, model: Option<&str>) {
        let server = (provider.host.clone(), provider.port);
        let location = route.location.as_deref().filter(|_| provider.row.regional).map(Arc::from);
        self.record.attempts.push(AttemptRecord {
            model: model.map(Arc::from),
            region: location.or_else(|| provider.region.clone()),
            priced_by_request_model: provider.row.priced_by_request_model,
            ..AttemptRecord::of(Arc::clone(&provider.telemetry_name), server)
        });
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

    /// Begins the attempt at the provider.
    pub(super) fn send(&mut self, prepared: Prepared) -> Outbound {
        let Prepared { mut headers, provider, choice, mut exchange, hides_usage, input, body } = prepared;
        let plan = Arc::clone(&self.plan);
        self.strip(&mut headers);
        for (name, value) in choice.targets.first().into_iter().flat_map(|target| &target.headers) {
            headers.set(name, value);
        }
        if let Some(provider) = plan.providers.get(provider) {
            address(&mut headers, provider, &exchange.route, self.destination == Destination::Host);
        }
        if let Some(body) = &body {
            headers.set("content-length", DecimalText::whole(body.len() as u64).as_str());
            headers.remove("transfer-encoding");
        }
        exchange.stream = self.record.stream;
        let exchange = Rc::new(exchange);
        let attempt = Attempt::new(Rc::clone(&exchange), hides_usage);
        if let Some(record) = self.record.attempts.last_mut() {
            record.sent = true;
        }
        self.phase = Phase::Forwarded(Box::new(Forwarded { exchange, attempt, input }));
        Outbound { headers: Some(headers), body }
    }
}
