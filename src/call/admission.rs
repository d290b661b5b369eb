//! Request headers: identifies the caller and the operation, and decides on admission.

use super::Call;
use super::body::BodyReader;
use super::phase::{CapturedInput, HeldRequest, Phase, Prepared, error_dialect_of};
use super::step::{LocalReply, Outbound, Step};
use crate::attempt::{Exchange, Headers};
use crate::dialect::Dialect;
use crate::document::is_word;
use crate::endpoint::{Operation, Route, split_query};
use crate::framing::multipart;
use crate::model::{Misdirection, Refusal};
use crate::policy::{
    Destination, KeyFault, OperationRule, Presented, RouteChoice, TARGET_HEADER, VirtualKey, choose, is_credential,
};
use crate::provider::Provider;
use crate::record::{Note, Outcome, TraceContext};
use crate::redaction::{Redactor, Seal, Sealing, Tenant};
use crate::settings::UnknownPaths;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Decision based on the headers alone.
enum Admitted {
    /// Read the body in this dialect or none; the boundary of its parts for a form.
    Hold(Option<Dialect>, Option<String>, Arc<VirtualKey>),
    /// Pass the request on unread.
    Pass,
    /// Answer it from the settings.
    Answer(LocalReply),
}

impl Call {
    /// Handles the request's headers. `end`: no body follows.
    pub fn on_request_headers(&mut self, mut headers: Headers, end: bool) -> Step {
        let parent = headers.first("traceparent");
        let state = headers.first("tracestate");
        self.record.trace = TraceContext::continue_or_start(parent, state, self.fresh);
        let directed = self.direct(&mut headers);
        let route = self.route(&headers);
        let error_dialect = route.error_dialect();
        let refusal = match self.admit(&headers, &route, directed, end) {
            Ok(Admitted::Hold(dialect, form, key)) => {
                let may_pass = self.rule(&route) == Some(OperationRule::Pass);
                let body = BodyReader { dialect, form, may_pass };
                self.phase = Phase::Reading(Box::new(HeldRequest { headers, route, key, body }));
                return Step::Wait;
            }
            Ok(Admitted::Pass) => match self.note_target(&headers, &route) {
                Ok(provider) => return Step::Continue(self.pass(headers, route, provider)),
                Err(refusal) => refusal,
            },
            Ok(Admitted::Answer(reply)) => return self.answer(reply),
            Err(refusal) => refusal,
        };
        let error_dialect = error_dialect.unwrap_or_else(|| error_dialect_of(&headers));
        Step::Refuse(self.refuse(error_dialect, &refusal))
    }

    /// Finds the destination that the client chose. Strips a provider's name from the start of the path.
    fn direct(&mut self, headers: &mut Headers) -> Result<(), Misdirection> {
        let plan = Arc::clone(&self.plan);
        let authority = headers.text(":authority").unwrap_or_default();
        let names = headers.all(TARGET_HEADER);
        self.destination = Destination::of(&plan.providers, &plan.gateway_hosts, authority, names)?;
        let method = headers.text(":method").unwrap_or_default();
        let path = headers.text(":path").unwrap_or_default();
        // At a provider's host the whole path is the provider's.
        let in_path = match self.destination {
            Destination::Host => None,
            _ => Destination::in_path(&plan.providers, method, path),
        };
        let rest = match (self.destination, in_path) {
            (Destination::Gateway, Some((index, rest))) => {
                self.destination = Destination::Named(index);
                rest
            }
            (Destination::Named(named), Some((index, rest))) if named == index => rest,
            _ => return Ok(()),
        };
        let rest = if rest.starts_with('/') { rest.to_owned() } else { ["/", rest].concat() };
        headers.set(":path", &rest);
        Ok(())
    }

    /// Matches the request's method and path. A chosen provider, or the only one configured, may add endpoints of its
    /// own.
    fn route(&self, headers: &Headers) -> Route {
        let only = match self.plan.providers.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let path = headers.text(":path").unwrap_or_default();
        // At the gateway's own host nothing but the body tells.
        let meant = match self.destination {
            Destination::Gateway => None,
            destination => {
                let authority = headers.text(":authority").unwrap_or_default();
                choose(&self.plan.providers, destination, None, None, authority, path)
            }
        };
        let own = meant.or(only).map_or(&[][..], |called| called.row.endpoints);
        if headers.asks_for_upgrade() {
            return Route::of_upgrade(path, own);
        }
        Route::of(headers.text(":method").unwrap_or_default(), path, own)
    }

    /// Decides by the headers alone.
    fn admit(
        &mut self,
        headers: &Headers,
        route: &Route,
        directed: Result<(), Misdirection>,
        end: bool,
    ) -> Result<Admitted, Refusal> {
        self.record.operation = route.operation.map(|operation| operation.telemetry);
        self.record.api_operation = route.operation.map(|operation| operation.name);
        self.record.request_model.clone_from(&route.model);
        self.record.stream = route.stream == Some(true);
        self.record.belongs_to_other_call = route.operation.is_some_and(|operation| !operation.counts);
        let key = self.identify(headers)?;
        if let Some(upgrade) = route.upgrade {
            return Err(upgrade.refusal());
        }
        let rule = self.may_be_used(route)?;
        if climbs(headers.first(":path").unwrap_or_default()) {
            return Err(Refusal::UnknownPath);
        }
        directed.map_err(Refusal::Misdirected)?;
        let path = headers.text(":path").unwrap_or_default();
        self.check_path(path)?;
        self.note_query(path);
        if let Some(reply) = self.models(headers, route, &key)? {
            return Ok(Admitted::Answer(reply));
        }
        match (route.operation, route.dialect) {
            (Some(operation), Some(dialect)) if !end && dialect.takes_media() && is_media(headers) => {
                self.may_pass_unsearched(headers, operation, rule)?;
                may_run_unread(headers, operation, route, &key)?;
                self.record.note(Note::RequestUnread);
                Ok(Admitted::Pass)
            }
            (Some(operation), Some(dialect)) if !end => match self.readable(headers, dialect) {
                Err(Refusal::ContentTypeUnsupported | Refusal::ContentEncodingUnsupported)
                    if rule == Some(OperationRule::Pass) =>
                {
                    may_run_unread(headers, operation, route, &key)?;
                    self.record.note(Note::RequestUnread);
                    Ok(Admitted::Pass)
                }
                form => Ok(Admitted::Hold(Some(dialect), form?, key)),
            },
            (Some(operation), dialect) => {
                let is_post = headers.first(":method") == Some(b"POST");
                // What is stored may be cancelled, or begun empty, without a body.
                if end && is_post && dialect.is_some() && (operation.runs_model || !operation.stored) {
                    return Err(Refusal::BodyUnreadable { reason: "empty", at: 0 });
                }
                if !end {
                    self.may_pass_unsearched(headers, operation, rule)?;
                }
                may_run_unread(headers, operation, route, &key)?;
                if !end {
                    self.record.note(Note::RequestUnread);
                }
                Ok(self.inspect_only(headers, end, key))
            }
            (None, _) => match self.plan.unknown_paths {
                UnknownPaths::Pass => Ok(self.inspect_only(headers, end, key)),
                UnknownPaths::Refuse if route.other_method.is_some() => Err(Refusal::MethodNotAllowed),
                UnknownPaths::Refuse => Err(Refusal::UnknownPath),
            },
        }
    }

    /// Adds a note when the query holds personal data: it is forwarded unredacted.
    fn note_query(&mut self, path: &str) {
        let (_, Some(query)) = split_query(path) else {
            return;
        };
        let redactor = Redactor::new(self.plan.redaction.kinds);
        let mut findings = Vec::new();
        for member in query.split('&').filter(|member| !member.starts_with("key=") && !is_word(member)) {
            let plain = member.replace('+', " ");
            redactor.find(&percent_decode_str(&plain).decode_utf8_lossy(), &mut findings);
        }
        if !findings.is_empty() {
            self.record.note(Note::QueryUnredacted);
        }
    }

    /// Returns the rule for the route's operation.
    fn rule(&self, route: &Route) -> Option<OperationRule> {
        route.operation.and_then(|operation| self.plan.operations.of(operation))
    }

    /// Checks that the operation is allowed to anyone at all, and returns its rule.
    fn may_be_used(&self, route: &Route) -> Result<Option<OperationRule>, Refusal> {
        if route.administers {
            return Err(Refusal::Administration);
        }
        match (self.rule(route), route.operation) {
            (Some(OperationRule::Refuse), Some(operation)) => {
                Err(Refusal::OperationRefused { operation: operation.name })
            }
            (rule, _) => Ok(rule),
        }
    }

    /// Checks that an unread body needs no redaction, or may pass unredacted.
    fn may_pass_unsearched(
        &self,
        headers: &Headers,
        operation: &Operation,
        rule: Option<OperationRule>,
    ) -> Result<(), Refusal> {
        let is_searched = self.is_searched();
        // Some clients send an empty object, which holds no text.
        let says_nothing = headers.content_length().is_some_and(|length| length <= "{}".len());
        if !is_searched || says_nothing || rule == Some(OperationRule::Pass) {
            return Ok(());
        }
        match headers.first(":method") {
            Some(b"GET" | b"HEAD" | b"OPTIONS") => {
                Err(Refusal::BodyUnreadable { reason: "a body where none is expected", at: 0 })
            }
            _ if operation.carries_text => Err(Refusal::OperationNotSearched { operation: operation.name }),
            _ => Ok(()),
        }
    }

    /// Holds the body for inspection if it is JSON of a declared length within the limit. It is forwarded unchanged.
    fn inspect_only(&self, headers: &Headers, end: bool, key: Arc<VirtualKey>) -> Admitted {
        let is_json = headers.media_type().is_some_and(|media| is_json(&media)) && !headers.is_encoded();
        let fits = headers.content_length().is_some_and(|length| length <= self.plan.limits.request_body);
        if is_json && fits && !end { Admitted::Hold(None, None, key) } else { Admitted::Pass }
    }

    /// Checks that the body can be read, and returns the boundary of its parts for a form.
    fn readable(&self, headers: &Headers, dialect: Dialect) -> Result<Option<String>, Refusal> {
        let content_type = headers.text("content-type").unwrap_or_default();
        let boundary = multipart::boundary(content_type).filter(|_| dialect.takes_forms());
        if boundary.is_none() && headers.media_type().is_some_and(|media| !is_json(&media)) {
            return Err(Refusal::ContentTypeUnsupported);
        }
        if headers.is_encoded() {
            return Err(Refusal::ContentEncodingUnsupported);
        }
        let limit = self.plan.limits.request_body;
        if headers.content_length().is_some_and(|length| length > limit) {
            return Err(Refusal::BodyTooLarge { limit });
        }
        Ok(boundary.map(|boundary| boundary.to_string()))
    }

    /// Identifies the caller by its virtual key.
    fn identify(&mut self, headers: &Headers) -> Result<Arc<VirtualKey>, Refusal> {
        self.presented = Presented::of(headers.matching(is_credential), headers.text(":path").unwrap_or_default());
        let key = Arc::clone(self.presented.find(&self.plan.keys).map_err(refused)?);
        let named = |header: &str| headers.text(header).map(str::trim).filter(|value| !value.is_empty()).map(Arc::from);
        let caller = &mut self.record.caller;
        caller.key_id = Some(Arc::clone(&key.id));
        caller.team.clone_from(&key.team);
        caller.user = key.user.clone().or_else(|| named("x-tollgate-user"));
        caller.feature = key.feature.clone().or_else(|| named("x-tollgate-feature"));
        if key.expired(self.record.started / 1_000_000_000) {
            return Err(Refusal::KeyExpired);
        }
        self.seal = self.plan.redaction.sealing.as_ref().map(|sealing| self.seal(sealing, &key));
        Ok(key)
    }

    /// Makes the seal for a caller's placeholders. All keys of a team share it.
    fn seal(&self, sealing: &Arc<Sealing>, key: &VirtualKey) -> Rc<Seal> {
        let tenant = key.team.as_deref().map_or(Tenant::Key(&key.id), Tenant::Team);
        Rc::new(Seal::new(Arc::clone(sealing), tenant, self.slots.clone()))
    }

    /// Selects the provider for a pass-through request, by its index in the plan.
    fn note_target(&mut self, headers: &Headers, route: &Route) -> Result<usize, Refusal> {
        let plan = Arc::clone(&self.plan);
        let destination = self.destination;
        let provider = called(&plan.providers, destination, route, headers).ok_or_else(|| unserved(destination))?;
        self.note_provider(provider, route, None);
        plan.providers.iter().position(|known| std::ptr::eq(known, provider)).ok_or(Refusal::NoProvider)
    }

    /// Sends a request that passes unread. Its answer is read all the same.
    fn pass(&mut self, headers: Headers, route: Route, provider: usize) -> Outbound {
        let table = self.placeholders(Exchange::stored_state(&route, None));
        let exchange = Exchange { table, ..Exchange::opaque(route) };
        let input = CapturedInput::default();
        let choice = RouteChoice::default();
        let prepared = Prepared {
            headers,
            provider,
            choice,
            fallback: None,
            exchange,
            translation: None,
            hides_usage: false,
            input,
            body: None,
        };
        self.send(prepared)
    }

    /// Ends the call with an answer from the settings.
    fn answer(&mut self, reply: LocalReply) -> Step {
        self.phase = Phase::Over;
        self.record.status = Some(reply.status);
        Step::Answer(reply)
    }

    /// Ends the call with a local reply in the client's dialect.
    pub(super) fn refuse(&mut self, dialect: Dialect, refusal: &Refusal) -> LocalReply {
        let refusal = &self.concealed(refusal.clone());
        self.phase = Phase::Over;
        self.record.status = Some(refusal.status());
        self.record.outcome = Outcome::Refused { error: refusal.code() };
        let reply = LocalReply::json(refusal.status(), refusal.code(), dialect.write_refusal(refusal));
        reply.with(refusal.headers())
    }
}

/// Selects the provider for a request whose body is not read: the one that the client chose, else the first that speaks
/// the path's dialect or, for a path without one, the dialect that the client's headers suggest.
pub(super) fn called<'a>(
    providers: &'a [Provider],
    destination: Destination,
    route: &Route,
    headers: &Headers,
) -> Option<&'a Provider> {
    let authority = headers.text(":authority").unwrap_or_default();
    let path = headers.text(":path").unwrap_or_default();
    let dialect = match destination {
        Destination::Gateway => Some(route.dialect.or(route.host_dialect).unwrap_or_else(|| error_dialect_of(headers))),
        Destination::Host | Destination::Named(_) => route.dialect.or(route.host_dialect),
    };
    choose(providers, destination, dialect, route.host_dialect, authority, path)
}

/// Returns the refusal of a call without a provider.
pub(super) fn unserved(destination: Destination) -> Refusal {
    match destination {
        Destination::Gateway => Refusal::NoProvider,
        Destination::Host => Refusal::Misdirected(Misdirection::HostOtherDialect),
        Destination::Named(_) => Refusal::Misdirected(Misdirection::TargetOtherDialect),
    }
}

fn refused(fault: KeyFault) -> Refusal {
    match fault {
        KeyFault::Missing => Refusal::KeyMissing,
        KeyFault::Unknown => Refusal::KeyUnknown,
        KeyFault::Ambiguous => Refusal::KeyAmbiguous,
        KeyFault::Signed => Refusal::AwsSignature,
    }
}

/// Checks that a key limited to some models runs no model that the gateway cannot see.
pub(super) fn may_run_unread(
    headers: &Headers,
    operation: &Operation,
    route: &Route,
    key: &VirtualKey,
) -> Result<(), Refusal> {
    let reads = matches!(headers.first(":method"), Some(b"GET" | b"HEAD" | b"OPTIONS" | b"DELETE"));
    if reads || !operation.runs_model || key.models.is_none() {
        return Ok(());
    }
    match &route.model {
        Some(model) if key.allows(model) => Ok(()),
        Some(model) => Err(Refusal::ModelNotAllowed { model: model.clone() }),
        None => Err(Refusal::OperationNotAllowed { operation: operation.name }),
    }
}

/// Reports whether a path has a dot segment, encoded or not: the provider might then serve another path than the one
/// checked (RFC 3986, section 5.2.4). No API has such a path.
fn climbs(path: &[u8]) -> bool {
    let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
    if memchr::memchr2(b'.', b'%', path).is_none() {
        return false;
    }
    let decoded = Cow::from(percent_encoding::percent_decode(path));
    decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(|segment| matches!(segment, b"." | b".."))
}

/// Reports whether the media type is audio, image or video.
fn is_media(headers: &Headers) -> bool {
    let media = headers.media_type().unwrap_or_default();
    ["audio/", "image/", "video/"].iter().any(|kind| media.starts_with(kind))
}

fn is_json(media: &str) -> bool {
    media == "application/json" || media.ends_with("+json")
}
