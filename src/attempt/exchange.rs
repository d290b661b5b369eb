//! The parts of a request that its answers are read with.

use crate::endpoint::Route;
use crate::model::{Offered, Request};
use crate::redaction::Placeholders;

/// The parts of a request that its answers are read with: the same for every attempt.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Operation and dialect.
    pub route: Route,
    /// Values that were replaced in the request.
    pub table: Placeholders,
    /// Set when the client asked for a stream.
    pub stream: bool,
    /// Characters to speak.
    pub characters: Option<u64>,
    /// Facts about the provider's own tools.
    pub offered: Offered,
    /// Set when all reasoning stays as the provider wrote it, because the provider accepts it only unchanged.
    pub keeps_reasoning: bool,
}

impl Exchange {
    /// Creates an exchange for a request whose body was not read.
    pub fn opaque(route: Route) -> Self {
        let keeps_reasoning = route.dialect.is_some_and(|dialect| dialect.signs_reasoning(route.model.as_deref()));
        let (table, offered) = (Placeholders::default(), Offered::default());
        Self { route, table, stream: false, characters: None, offered, keeps_reasoning }
    }

    /// Takes the facts of a request whose body was read.
    pub fn read(&mut self, request: &Request) {
        self.characters = request.characters;
        self.keeps_reasoning |= request.signs_reasoning;
        self.offered = request.offered;
    }

    /// Names the stored state that a call continues or fetches: by a member of the request, or by the operation of its
    /// path.
    pub fn stored_state(route: &Route, member: Option<&'static str>) -> Option<&'static str> {
        let operation = route.operation.filter(|operation| operation.stored);
        member.or_else(|| Some(operation?.name))
    }
}
