//! Streamed answer: the events of any dialect as deltas of blocks, of which one is open at a time in each choice.
//!
//! Nothing is held but what that order demands: a call that begins before another has ended.

use super::answer::{AnswerContext, ClientSupport, call_id, escaped, made_id};
use super::carrier::{Carrier, Proof, ProofKind, ReasoningPart};
use super::custom_input::CustomInput;
use super::delta::{BlockCall, OutputBlock, Sink, Start, StreamDelta};
use super::maker::Maker;
use super::part::is_custom;
use super::pending::{ChoiceState, Key, Pending, PendingCall, own_failure};
use crate::document::{EditedDocument, Span};
use crate::model::{Channel, Content, Event, Failure, FinishReason, Owner, PartKind, Property, ProviderError, Reply};
use crate::usage::{Usage, UsageReport};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Upper bound on text that is held for a call that has not ended, in bytes.
const MOST_HELD: usize = 1 << 20;

/// Upper bound on blocks that wait in a choice.
const MOST_WAITING: usize = 128;

/// Upper bound on choices.
const MOST_CHOICES: usize = 128;

/// Streamed answer in progress.
#[derive(Debug)]
pub struct AnswerStream {
    context: AnswerContext,
    maker: Maker,
    proofs: ClientSupport,
    reply: Reply,
    /// Usage known so far, of the tokens that the model read and wrote.
    usage: Option<Usage>,
    start: Start,
    has_begun: bool,
    is_over: bool,
    lanes: Vec<ChoiceState>,
    carried: Vec<Carrier<'static>>,
    carried_bytes: usize,
    held: usize,
    /// Kind of the failure that the framing names.
    exception: Option<String>,
}

impl AnswerStream {
    /// Begins an answer. `maker`: company whose signatures its dialect carries.
    pub fn new(maker: Maker, proofs: ClientSupport, context: AnswerContext) -> Self {
        Self {
            context,
            maker,
            proofs,
            reply: Reply::default(),
            usage: None,
            start: Start::default(),
            has_begun: false,
            is_over: false,
            lanes: Vec::new(),
            carried: Vec::new(),
            carried_bytes: 0,
            held: 0,
            exception: None,
        }
    }

    /// Reports whether the answer has ended with a proof that no call could carry.
    pub fn has_lost_proof(&self) -> bool {
        self.is_over && !self.carried.is_empty()
    }

    /// Takes the events of a frame.
    pub fn push(&mut self, events: &[Event], source: &EditedDocument<'_>, sink: Sink<'_>) {
        if self.is_over {
            return;
        }
        let document = source.document();
        for event in events {
            self.reply.apply(event, document);
            if let Event::Usage(report) = event {
                self.usage = Some(self.reply.counts.counted().usage(report.convention));
            }
        }
        let fails = events.iter().any(|event| matches!(event, Event::Failure { .. }));
        for event in events {
            if self.is_over {
                return;
            }
            // An answer that ends with an error is not complete.
            if !(fails && *event == Event::End) {
                self.event(event, events, source, sink);
            }
        }
        self.check_bound(sink);
    }

    /// Takes the kind of a failure, where the framing names it and not the frame's data.
    pub fn name_failure(&mut self, kind: &str) {
        self.exception = Some(kind.to_owned());
    }

    /// Takes counts that the host adds to those of the model. They are of the same tokens.
    pub fn count(&mut self, counted: &UsageReport) {
        self.reply.count(counted);
        self.usage = Some(self.reply.counts.counted().usage(counted.convention));
    }

    /// Takes text that was held back from the client, decoded.
    pub fn push_held(&mut self, channel: Channel, text: &str, sink: Sink<'_>) {
        if !self.is_over {
            let text = escaped(text);
            self.piece(channel, &text, &text, sink);
        }
    }

    /// Ends the answer where the provider's bytes end. Without an end it was cut.
    pub fn finish(&mut self, sink: Sink<'_>) {
        if self.is_over {
            return;
        }
        if self.reply.finished() || self.lanes.iter().any(|lane| lane.finish.is_some()) {
            return self.end(sink);
        }
        self.fail(&own_failure("stream_truncated", "The provider's answer ended before it was complete."), sink);
    }

    fn event(&mut self, event: &Event, frame: &[Event], source: &EditedDocument<'_>, sink: Sink<'_>) {
        match *event {
            Event::Text { channel, text } | Event::Missing { channel, text } => {
                let original = source.document().raw(text);
                self.piece(channel, &source.string(text).unwrap_or_default(), original, sink);
            }
            Event::ToolCall { choice, part, id, name, builtin } => {
                let kind = member_of(frame, (choice, part), Property::Type).and_then(|kind| source.string(kind));
                let is_custom = self.proofs.custom && kind.as_deref().is_some_and(is_custom);
                if builtin || kind.is_some() && !is_custom {
                    if let Some(lane) = self.lane(choice) {
                        lane.hosted.insert(part.into());
                    }
                    return;
                }
                let text = |span: Option<Span>| span.and_then(|span| source.string(span)).unwrap_or_default();
                let proof = self.proof_of(frame, source, (choice, part));
                self.call((choice, part), (&text(id), &text(name)), (is_custom, proof), sink);
            }
            Event::BuiltinCall { choice, part, .. } => {
                if let Some(lane) = self.lane(choice) {
                    lane.hosted.insert(part.into());
                }
            }
            Event::Arguments { choice, part, value } => {
                let value = source.raw(value);
                // An empty start; pieces follow.
                if &*value != "{}" {
                    let text = escaped(&value);
                    self.piece(Channel { choice, part, content: Content::Arguments }, &text, &text, sink);
                }
            }
            Event::Property { owner, property, value } => self.property(owner, property, value, source, sink),
            Event::PartEnd { choice, part } => self.part_end(choice, part, sink),
            Event::Finish { choice, reason } => {
                let reason = FinishReason::of(&source.document().text(reason));
                self.note_finish(choice, reason);
            }
            Event::FinishWord { choice, reason } => self.note_finish(choice, FinishReason::of(reason)),
            Event::Extra { name: crate::model::Extra::BlockReason, .. } => {
                self.note_finish(0, FinishReason::ContentFilter);
            }
            Event::Failure { kind, code, status, message } => {
                let text = |span: Option<Span>| span.map(|span| source.document().text(span).into_owned());
                let kind = text(kind).or_else(|| self.exception.take());
                let failure = Failure { kind, code: text(code), status: text(status) };
                self.fail(&ProviderError { status: None, failure, message: text(message).unwrap_or_default() }, sink);
            }
            Event::End => self.end(sink),
            _ => {}
        }
    }

    fn note_finish(&mut self, choice: u32, reason: FinishReason) {
        if let Some(lane) = self.lane(choice) {
            lane.finish = Some(reason);
        }
    }

    fn lane(&mut self, choice: u32) -> Option<&mut ChoiceState> {
        let at = choice as usize;
        if at >= MOST_CHOICES {
            return None;
        }
        while self.lanes.len() <= at {
            self.lanes.push(ChoiceState::default());
        }
        self.lanes.get_mut(at)
    }

    fn begin(&mut self, sink: Sink<'_>) {
        if self.has_begun {
            return;
        }
        self.has_begun = true;
        self.start = Start {
            id: self.reply.id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| self.context.id.clone()),
            model: self.reply.model.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| self.context.model.clone()),
            created: self.reply.created.unwrap_or(self.context.now),
            usage: self.usage,
        };
        sink(&StreamDelta::Start(&self.start));
    }

    /// Takes a piece, as the client gets it and as the provider wrote it.
    fn piece(&mut self, channel: Channel, text: &str, original: &str, sink: Sink<'_>) {
        let kind = channel.content.part_kind();
        let Some(lane) = self.lane(channel.choice) else { return };
        if text.is_empty() || kind == PartKind::ToolCall && lane.hosted.contains(&channel.part.into()) {
            return;
        }
        let serial = lane.known.get(&channel.part).map_or(0, |(serial, ..)| *serial);
        let key = (kind, channel.part, if kind == PartKind::ToolCall { serial } else { 0 });
        if kind == PartKind::ToolCall && serial == 0 {
            // Arguments of a call that has not begun.
            return;
        }
        self.begin(sink);
        if !self.is_open(channel.choice, key) {
            self.release(channel.choice, false, sink);
        }
        if !self.is_open(channel.choice, key) && !self.add_waiting(channel.choice, key, text) {
            // Nothing follows the end of a call.
            if kind == PartKind::ToolCall {
                return;
            }
            self.open(channel.choice, Pending::new(key, None), sink);
        }
        if self.is_open(channel.choice, key) {
            self.add(channel.choice, text, original, sink);
        }
    }

    fn is_open(&mut self, choice: u32, key: Key) -> bool {
        self.lane(choice).is_some_and(|lane| lane.open.as_ref().is_some_and(|open| open.key == key))
    }

    /// Adds a piece to the open block.
    fn add(&mut self, choice: u32, text: &str, original: &str, sink: Sink<'_>) {
        let keeps = !self.proofs.reasoning;
        let Some(open) = self.lane(choice).and_then(|lane| lane.open.as_mut()) else { return };
        match open.key.0 {
            PartKind::ToolCall if !open.is_plain => open.nesting.push(text),
            PartKind::Reasoning if keeps && open.signed.len() < MOST_HELD => open.signed.push_str(original),
            _ => {}
        }
        let input = open.input.as_mut().map(|input| input.push(text));
        let text = input.as_deref().unwrap_or(text);
        if !text.is_empty() {
            sink(&StreamDelta::Piece(choice, text));
        }
    }

    /// Adds a piece to the block that waits for the open one to end. Returns whether it has to wait.
    fn add_waiting(&mut self, choice: u32, key: Key, text: &str) -> bool {
        let Some(lane) = self.lane(choice) else { return true };
        let is_busy = lane.open.as_ref().is_some_and(Pending::is_unfinished_call);
        if !is_busy {
            return false;
        }
        match lane.waiting.iter_mut().rev().find(|waiting| waiting.key == key) {
            Some(waiting) => waiting.text.push_str(text),
            // Nothing follows the end of a call.
            None if key.0 == PartKind::ToolCall => return true,
            None => {
                let mut waiting = Pending::new(key, None);
                waiting.text.push_str(text);
                lane.waiting.push_back(waiting);
            }
        }
        self.held += text.len();
        true
    }

    /// Takes the start of a call, or its facts once more.
    fn call(
        &mut self,
        (choice, part): (u32, u32),
        (id, name): (&str, &str),
        (is_plain, proof): (bool, Option<Proof<'static>>),
        sink: Sink<'_>,
    ) {
        let Some(lane) = self.lane(choice) else { return };
        let is_known = lane.known.get(&part).is_some_and(|(_, known, called)| {
            name.is_empty() || (id.is_empty() || known == id) && (known == id && !id.is_empty() || called == name)
        });
        if is_known || name.is_empty() {
            return;
        }
        let serial = lane.known.get(&part).map_or(1, |(serial, ..)| serial + 1);
        lane.known.insert(part, (serial, id.to_owned(), name.to_owned()));
        let is_text = self.context.schema_tool.as_deref() == Some(name);
        let key = (PartKind::ToolCall, part, serial);
        let client_name = self.context.tool_names.get(name).map_or(name, String::as_str);
        let input = self.context.custom_tools.contains(client_name).then(CustomInput::default);
        let is_custom = is_plain || input.is_some();
        let call = PendingCall { id: id.to_owned(), name: client_name.to_owned(), is_custom, proof };
        let call = Some(call).filter(|_| !is_text);
        self.begin(sink);
        // Those that wait began before.
        self.release(choice, false, sink);
        let pending = Pending { input: input.filter(|_| !is_plain), is_plain, ..Pending::new(key, call) };
        let is_busy = self.lane(choice).is_some_and(|lane| lane.open.as_ref().is_some_and(Pending::is_unfinished_call));
        match self.lane(choice).filter(|_| is_busy) {
            Some(lane) => lane.waiting.push_back(pending),
            None => self.open(choice, pending, sink),
        }
    }

    /// Closes the open block and opens another.
    fn open(&mut self, choice: u32, mut pending: Pending, sink: Sink<'_>) {
        self.close(choice, sink);
        let (kind, call) = (pending.kind(), pending.call.take());
        let carried = match &call {
            Some(_) => std::mem::take(&mut self.carried),
            None => Vec::new(),
        };
        let (proofs, answer) = (self.proofs, made_id(&self.start.id));
        let Some(lane) = self.lane(choice) else { return };
        let (index, call_index) = (lane.blocks, lane.calls);
        lane.refuses |= kind == PartKind::Refusal;
        lane.blocks += 1;
        lane.calls += u32::from(call.is_some());
        let facts = call.map(|PendingCall { id, name, is_custom, proof }| {
            let id = if id.is_empty() { call_id(&answer, choice as usize, call_index as usize) } else { id };
            let mut entries = carried;
            if !proofs.call {
                entries.extend(proof.clone().map(Carrier::Call));
            }
            let id = if entries.is_empty() { id } else { Carrier::append(&id, &entries).unwrap_or(id) };
            PendingCall { id, name, is_custom, proof }
        });
        let call = facts.as_ref().map(|PendingCall { id, name, is_custom, proof }| BlockCall {
            index: call_index,
            id,
            name,
            is_custom: *is_custom,
            proof: proof.as_ref(),
        });
        sink(&StreamDelta::Open(OutputBlock { choice, index, kind, call }));
        let text = std::mem::take(&mut pending.text);
        if let Some(lane) = self.lane(choice) {
            lane.open = Some(pending);
        }
        if !text.is_empty() {
            self.held = self.held.saturating_sub(text.len());
            self.add(choice, &text, &text, sink);
        }
    }

    /// Closes the open block of a choice.
    fn close(&mut self, choice: u32, sink: Sink<'_>) {
        let Some(mut open) = self.lane(choice).and_then(|lane| lane.open.take()) else { return };
        let rest = open.input.as_mut().map(CustomInput::finish).filter(|rest| !rest.is_empty());
        if let Some(rest) = rest {
            sink(&StreamDelta::Piece(choice, &rest));
        }
        if let Some(proof) = open.proof.take() {
            sink(&StreamDelta::Proof(choice, &proof));
            self.carry(std::mem::take(&mut open.signed), proof);
        }
        sink(&StreamDelta::Close(choice));
    }

    /// Keeps proven reasoning for the id of the next call, where the client's dialect has no place for it.
    fn carry(&mut self, signed: String, proof: Proof<'static>) {
        if self.proofs.reasoning {
            return;
        }
        self.carried_bytes += signed.len() + proof.value.len();
        if self.carried_bytes < MOST_HELD {
            let part = ReasoningPart { text: signed.into(), proof: Some(proof), id: None };
            self.carried.push(Carrier::Reasoning(part));
        }
    }

    /// Opens what waits, as far as the blocks before are complete; all of it at the end.
    fn release(&mut self, choice: u32, is_end: bool, sink: Sink<'_>) {
        loop {
            let Some(lane) = self.lane(choice) else { return };
            let is_busy = lane.open.as_ref().is_some_and(Pending::is_unfinished_call);
            if is_busy && !is_end {
                return;
            }
            let Some(next) = lane.waiting.pop_front() else { return };
            self.open(choice, next, sink);
        }
    }

    fn part_end(&mut self, choice: u32, part: u32, sink: Sink<'_>) {
        let is_open = self.lane(choice).is_some_and(|lane| lane.open.as_ref().is_some_and(|open| open.key.1 == part));
        if is_open {
            self.close(choice, sink);
            self.release(choice, false, sink);
        }
    }

    fn property(&mut self, owner: Owner, property: Property, value: Span, source: &EditedDocument<'_>, sink: Sink<'_>) {
        let text = || source.string(value).filter(|text| !text.is_empty()).map(Cow::into_owned);
        match (owner, property) {
            (Owner::Choice(choice), Property::StopSequence) => {
                if let (Some(text), Some(lane)) = (text(), self.lane(choice)) {
                    lane.stop_sequence = Some(text);
                }
            }
            (Owner::Part { choice, part, kind: PartKind::Reasoning }, Property::Signature | Property::Encrypted) => {
                let kind = if property == Property::Signature { ProofKind::Signature } else { ProofKind::Encrypted };
                if let Some(value) = text() {
                    let proof = Proof { maker: self.maker, kind, value: value.into() };
                    self.prove((choice, part), proof, sink);
                }
            }
            _ => {}
        }
    }

    /// Takes the proof of reasoning, which comes before or after its text or stands alone. OpenAI's comes twice, and the
    /// last is the one of the whole text: so it waits for the end of the block.
    fn prove(&mut self, (choice, part): (u32, u32), proof: Proof<'static>, sink: Sink<'_>) {
        let mut hasher = DefaultHasher::new();
        proof.value.hash(&mut hasher);
        let is_new = self.lane(choice).is_some_and(|lane| lane.proofs.insert(hasher.finish()));
        if !is_new {
            return;
        }
        self.begin(sink);
        let key = (PartKind::Reasoning, part, 0);
        if !self.is_open(choice, key) {
            self.open(choice, Pending::new(key, None), sink);
        }
        if let Some(open) = self.lane(choice).and_then(|lane| lane.open.as_mut()) {
            open.proof = Some(proof);
        }
    }

    /// Finds the proof of a call in its frame.
    fn proof_of(&self, frame: &[Event], source: &EditedDocument<'_>, at: (u32, u32)) -> Option<Proof<'static>> {
        let value = member_of(frame, at, Property::Signature).and_then(|value| source.string(value))?;
        let value = Cow::Owned(value.into_owned());
        Some(Proof { maker: self.maker.of_call(), kind: ProofKind::Signature, value })
    }

    fn end(&mut self, sink: Sink<'_>) {
        self.is_over = true;
        self.begin(sink);
        let choices = u32::try_from(self.lanes.len()).unwrap_or_default().max(1);
        for choice in 0..choices {
            self.release(choice, true, sink);
            self.close(choice, sink);
            let Some(lane) = self.lane(choice) else { continue };
            let reason = match lane.finish.unwrap_or(FinishReason::Stop) {
                FinishReason::Stop if lane.calls > 0 => FinishReason::ToolCalls,
                // OpenAI says that the model stopped.
                FinishReason::Stop if lane.refuses => FinishReason::Refusal,
                FinishReason::ToolCalls if lane.calls == 0 => FinishReason::Stop,
                reason => reason,
            };
            let stop_sequence = lane.stop_sequence.as_deref();
            sink(&StreamDelta::Finish { choice, reason, stop_sequence });
        }
        if let Some(usage) = &self.usage {
            sink(&StreamDelta::Usage(usage));
        }
        sink(&StreamDelta::End);
    }

    fn fail(&mut self, failure: &ProviderError, sink: Sink<'_>) {
        self.is_over = true;
        sink(&StreamDelta::Fail(failure));
    }

    /// Ends the answer when more waits than may.
    fn check_bound(&mut self, sink: Sink<'_>) {
        let waits = self.lanes.iter().any(|lane| lane.waiting.len() > MOST_WAITING);
        if (waits || self.held > MOST_HELD) && !self.is_over {
            let message = "Parallel calls of the answer came in an order that cannot be translated.";
            self.fail(&own_failure("stream_too_large", message), sink);
        }
    }
}

/// Member of a call in its frame.
fn member_of(frame: &[Event], at: (u32, u32), wanted: Property) -> Option<Span> {
    frame.iter().find_map(|event| match *event {
        Event::Property { owner: Owner::Part { choice, part, kind: PartKind::ToolCall }, property, value }
            if (choice, part) == at && property == wanted =>
        {
            Some(value)
        }
        _ => None,
    })
}
