//! The request's headers: who calls, what for, and whether that is let in.

use super::Headers;
use super::request::{Exchange, LocalReply, OnRequestHeaders};
use super::{Call, Phase};
use crate::dialect::Dialect;
use crate::document::is_word;
use crate::endpoint::{Operation, Route};
use crate::framing::multipart;
use crate::model::{Misdirection, Refusal};
use crate::policy::{Destination, KeyFault, OperationRule, Presented, TARGET_HEADER, VirtualKey, choose};
use crate::provider::Provider;
use crate::redaction::{Seal, Sealing, Tenant};
use crate::settings::UnknownPaths;
use crate::telemetry::{Note, Outcome, TraceContext};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::rc::Rc;

/// A request whose headers are held until its body has been read.
pub(super) struct HeldRequest {
    pub(super) headers: Headers,
    pub(super) route: Route,
    /// In which dialect the body is; `None` where it is only looked at, and goes on as it is.
    pub(super) dialect: Option<Dialect>,
    /// The boundary of a form's parts, where the body is a form.
    pub(super) form: Option<String>,
    pub(super) key: Rc<VirtualKey>,
    /// Lets a body that cannot be read go on as it is.
    pub(super) may_pass: bool,
}

impl HeldRequest {
    /// In which dialect the client is answered if the call is refused.
    pub(super) fn error_dialect(&self) -> Dialect {
        self.route.error_dialect().or(self.dialect).unwrap_or_else(|| error_dialect_of(&self.headers))
    }
}

/// What the headers alone decide.
enum Admitted {
    /// The body is to be read, in this dialect or in none; the boundary of its parts where it is a form.
    Hold(Option<Dialect>, Option<String>, Rc<VirtualKey>),
    /// The request goes on as it is.
    Pass,
}

impl Call {
    /// The request's headers have arrived. `end`: no body follows.
    pub fn on_request_headers(&mut self, mut headers: Headers, end: bool) -> OnRequestHeaders {
        let parent = headers.first("traceparent");
        let state = headers.first("tracestate");
        self.record.trace = TraceContext::continue_or_start(parent, state, self.fresh);
        let directed = self.direct(&mut headers);
        let route = self.route(&headers);
        let error_dialect = route.error_dialect();
        let admitted = self.admit(&headers, &route, directed, end).and_then(|admitted| match admitted {
            Admitted::Hold(dialect, form, key) => Ok(Ok((dialect, form, key))),
            Admitted::Pass => self.note_target(&headers, &route).map(Err),
        });
        match admitted {
            Ok(Ok((dialect, form, key))) => {
                let may_pass = self.rule(&route) == Some(OperationRule::Pass);
                self.phase = Phase::Reading(Box::new(HeldRequest { headers, route, dialect, form, key, may_pass }));
                OnRequestHeaders::Hold
            }
            Ok(Err(provider)) => OnRequestHeaders::Pass(self.pass(headers, route, provider)),
            Err(refusal) => {
                let error_dialect = error_dialect.unwrap_or_else(|| error_dialect_of(&headers));
                OnRequestHeaders::Refuse(self.refuse(error_dialect, &refusal))
            }
        }
    }

    /// Finds where the client means its call to go. A provider's name that begins the path is taken off it.
    fn direct(&mut self, headers: &mut Headers) -> Result<(), Misdirection> {
        let plan = Rc::clone(&self.plan);
        let authority = headers.text(":authority").unwrap_or_default();
        let names = headers.0.iter().filter(|(name, _)| name == TARGET_HEADER).map(|(_, value)| value.as_slice());
        self.destination = Destination::of(&plan.providers, &plan.hosts, authority, names)?;
        let method = headers.text(":method").unwrap_or_default();
        let path = headers.text(":path").unwrap_or_default();
        // At a provider's host the path is the provider's.
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
        headers.set(":path", rest);
        Ok(())
    }

    /// Reads the request's first line; a provider that is meant may have paths of its own, and so may
    /// one that is the only one.
    fn route(&self, headers: &Headers) -> Route {
        let authority = headers.text(":authority").unwrap_or_default();
        let only = match self.plan.providers.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let path = headers.text(":path").unwrap_or_default();
        let meant = choose(&self.plan.providers, self.destination, None, None, authority, path);
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
        self.check_path(headers.text(":path").unwrap_or_default())?;
        self.note_query(headers);
        match (route.operation, route.dialect) {
            (Some(operation), Some(dialect)) if !end && dialect.takes_media() && is_media(headers) => {
                self.may_pass_unsearched(headers, operation, rule)?;
                may_run_unread(headers, operation, route, &key)?;
                self.record.notes.push(Note::RequestUnread);
                Ok(Admitted::Pass)
            }
            (Some(operation), Some(dialect)) if !end => match self.readable(headers, dialect) {
                Err(Refusal::ContentTypeUnsupported | Refusal::ContentEncodingUnsupported)
                    if rule == Some(OperationRule::Pass) =>
                {
                    may_run_unread(headers, operation, route, &key)?;
                    self.record.notes.push(Note::RequestUnread);
                    Ok(Admitted::Pass)
                }
                form => Ok(Admitted::Hold(Some(dialect), form?, key)),
            },
            (Some(operation), dialect) => {
                let is_post = headers.first(":method") == Some(b"POST");
                if end && is_post && dialect.is_some() {
                    return Err(Refusal::BodyUnreadable { reason: "empty", at: 0 });
                }
                if !end {
                    self.may_pass_unsearched(headers, operation, rule)?;
                }
                may_run_unread(headers, operation, route, &key)?;
                if !end {
                    self.record.notes.push(Note::RequestUnread);
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

    /// Notes personal data in the query, where no operation has its texts: it goes on as it is.
    fn note_query(&mut self, headers: &Headers) {
        let redactor = &self.plan.redactor;
        let (_, query) = headers.text(":path").and_then(|path| path.split_once('?')).unwrap_or_default();
        let mut findings = Vec::new();
        for member in query.split('&').filter(|member| !member.starts_with("key=") && !is_word(member)) {
            let plain = member.replace('+', " ");
            redactor.find(&percent_decode_str(&plain).decode_utf8_lossy(), &mut findings);
        }
        if !findings.is_empty() {
            self.record.notes.push(Note::QueryUnredacted);
        }
    }

    /// The rule of the route's operation.
    fn rule(&self, route: &Route) -> Option<OperationRule> {
        route.operation.and_then(|operation| self.plan.operations.of(operation))
    }

    /// Makes sure that anybody may use the operation at all; gives its rule.
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

    /// Makes sure that a body that is not read need not be searched, or may go on all the same.
    fn may_pass_unsearched(
        &self,
        headers: &Headers,
        operation: &Operation,
        rule: Option<OperationRule>,
    ) -> Result<(), Refusal> {
        let is_searched = !self.plan.redactor.kinds().is_empty();
        // In an empty object, which some clients send along, nothing can be said.
        let says_nothing = announced(headers).is_some_and(|length| length <= "{}".len());
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

    /// A body that goes on as it is may be looked at: where it is JSON, and known to be no longer than is kept.
    fn inspect_only(&self, headers: &Headers, end: bool, key: Rc<VirtualKey>) -> Admitted {
        let is_json = headers.media_type().is_some_and(|media| is_json(&media)) && !headers.is_encoded();
        let fits = announced(headers).is_some_and(|length| length <= self.plan.limits.request_body);
        if is_json && fits && !end { Admitted::Hold(None, None, key) } else { Admitted::Pass }
    }

    /// Decides whether a body that is to be read can be; gives the boundary of its parts where it is a form.
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
        if announced(headers).is_some_and(|length| length > limit) {
            return Err(Refusal::BodyTooLarge { limit });
        }
        Ok(boundary.map(|boundary| boundary.to_string()))
    }

    /// Finds the caller by the virtual key it presents.
    fn identify(&mut self, headers: &Headers) -> Result<Rc<VirtualKey>, Refusal> {
        let all = headers.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        self.presented = Presented::of(all, headers.text(":path").unwrap_or_default());
        let key = Rc::clone(self.presented.find(&self.plan.keyring).map_err(refused)?);
        let named =
            |header: &str| headers.text(header).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let caller = &mut self.record.caller;
        caller.key_id = Some(key.id.clone());
        caller.team.clone_from(&key.team);
        caller.user = key.user.clone().or_else(|| named("x-tollgate-user"));
        caller.feature = key.feature.clone().or_else(|| named("x-tollgate-feature"));
        if key.expired(self.record.started / 1_000_000_000) {
            return Err(Refusal::KeyExpired);
        }
        self.seal = self.plan.sealing.as_ref().map(|sealing| self.seal(sealing, &key));
        Ok(key)
    }

    /// Makes the seal of a caller's placeholders: a team shares them, whichever of its keys it calls with.
    fn seal(&self, sealing: &Rc<Sealing>, key: &VirtualKey) -> Rc<Seal> {
        let tenant = key.team.as_deref().map_or(Tenant::Key(&key.id), Tenant::Team);
        Rc::new(Seal::new(Rc::clone(sealing), tenant, self.slots.clone()))
    }

    /// Finds whom a request goes to that goes on unread, by its place in the plan.
    pub(super) fn note_target(&mut self, headers: &Headers, route: &Route) -> Result<usize, Refusal> {
        let plan = Rc::clone(&self.plan);
        let destination = self.destination;
        let provider = called(&plan.providers, destination, route, headers).ok_or_else(|| unserved(destination))?;
        self.note_provider(provider, route);
        plan.providers.iter().position(|known| std::ptr::eq(known, provider)).ok_or(Refusal::NoProvider)
    }

    /// The headers of a request that goes on unread. Its answer is read all the same.
    pub(super) fn pass(&mut self, mut headers: Headers, route: Route, provider: usize) -> Headers {
        let plan = Rc::clone(&self.plan);
        if let Some(provider) = plan.providers.get(provider) {
            self.address(&mut headers, provider, &route);
        }
        let mut exchange = Exchange::opaque(route);
        exchange.table = self.placeholders(exchange.stored_state(None));
        self.phase = Phase::Forwarded(Box::new(exchange));
        headers
    }

    /// Ends the call with an answer of our own, in the client's dialect.
    pub(super) fn refuse(&mut self, dialect: Dialect, refusal: &Refusal) -> LocalReply {
        let refusal = &self.concealed(refusal.clone());
        self.phase = Phase::Over;
        self.record.status = Some(refusal.status());
        self.record.outcome = Outcome::Refused { error: refusal.code() };
        let (status, headers) = (refusal.status(), refusal.headers());
        LocalReply { status, headers, body: dialect.write_refusal(refusal), code: refusal.code() }
    }
}

/// Selects the provider for a request whose body is not read: the one that is meant, else the first that speaks the
/// path's dialect, or the one that the client's headers show.
fn called<'a>(
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

/// Refusal of a call for which there is no provider.
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

/// A key that may use only some models may not have one run that cannot be seen.
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

/// In which dialect a client is answered whose path says nothing.
fn error_dialect_of(headers: &Headers) -> Dialect {
    match headers.first("anthropic-version") {
        Some(_) => Dialect::AnthropicMessages,
        None => Dialect::OpenAiChat,
    }
}

/// Finds a segment of a path, or of an encoded part of it, that leads back: the provider would answer for another path
/// than the one that was looked at (RFC 3986, section 5.2.4). No API has such a path.
fn climbs(path: &[u8]) -> bool {
    let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
    let decoded = Cow::from(percent_encoding::percent_decode(path));
    decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(|segment| matches!(segment, b"." | b".."))
}

/// How long the body will be.
fn announced(headers: &Headers) -> Option<usize> {
    headers.text("content-length").and_then(|length| length.parse().ok())
}

/// Whether a body is said to be a picture, a sound or a film.
fn is_media(headers: &Headers) -> bool {
    let media = headers.media_type().unwrap_or_default();
    ["audio/", "image/", "video/"].iter().any(|kind| media.starts_with(kind))
}

fn is_json(media: &str) -> bool {
    media == "application/json" || media.ends_with("+json")
}
