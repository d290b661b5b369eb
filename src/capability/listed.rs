//! The list: `models.txt`, packed by `build.rs`, unpacked and indexed at first use. It shares names with the price book.

use super::effort::{Effort, Efforts};
use super::facts::{Capabilities, PermittedSampling};
use crate::price::hash;
use flate2::bufread::ZlibDecoder;
use std::collections::BinaryHeap;
use std::io::{BufRead, BufReader};
use std::sync::LazyLock;

/// Facts of the list about the model with this very name.
pub(super) fn find(name: &str) -> Option<Capabilities> {
    static INDEX: LazyLock<CapabilityIndex> = LazyLock::new(|| CapabilityIndex::unpacked().unwrap_or_default());
    INDEX.find(name)
}

/// Models of the list.
#[derive(Default)]
struct CapabilityIndex {
    models: Vec<ListedModel>,
    /// Hash and index of each model, ascending.
    hashes: Vec<(u32, u32)>,
}

/// A model with its facts.
struct ListedModel {
    name: &'static str,
    /// Upper bounds on output and input; 0 where they are unknown.
    bounds: [u32; 2],
    facts: FactBits,
}

/// Facts in a few bits: two for each of [`FLAGS`], known and set, and above them a mark and the levels of effort.
#[derive(Clone, Copy, Default)]
struct FactBits(u32);

impl CapabilityIndex {
    /// Unpacks the list: facts in the order of the price book's models, then whole lines of models that the book has not.
    /// `None` if it is not zlib of UTF-8; that packed at build time always is.
    fn unpacked() -> Option<Self> {
        let mut lines = BufReader::new(ZlibDecoder::new(LINES));
        let (mut models, mut line) = (Vec::new(), String::new());
        let mut in_book = crate::price::models();
        loop {
            line.clear();
            if lines.read_line(&mut line).ok()? == 0 {
                break;
            }
            let line = line.trim_end_matches('\n');
            models.extend(match in_book.next() {
                Some(name) => ListedModel::parse(name, line),
                None => line.split_once('\t').and_then(|(name, rest)| ListedModel::parse(name.to_owned().leak(), rest)),
            });
        }
        models.shrink_to_fit();
        // By a heap: a sort takes 5 KB of the filter for each type.
        let hashes: BinaryHeap<(u32, u32)> = models.iter().map(|model| hash("", model.name)).zip(0..).collect();
        Some(Self { models, hashes: hashes.into_sorted_vec() })
    }

    fn find(&self, name: &str) -> Option<Capabilities> {
        let wanted = hash("", name);
        let first = self.hashes.partition_point(|(hash, _)| *hash < wanted);
        let alike = self.hashes.iter().skip(first).take_while(|(hash, _)| *hash == wanted);
        let mut found = alike.filter_map(|(_, at)| self.models.get(*at as usize));
        found.find(|model| model.name == name).map(ListedModel::capabilities)
    }
}

impl ListedModel {
    /// Parses the cells of a line; `None` of an empty one.
    fn parse(name: &'static str, line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let bounds = [cells.next()?, cells.next()?].map(|cell| cell.parse().unwrap_or(0));
        let words = cells.next()?.split(' ');
        Some(Self { name, bounds, facts: words.fold(FactBits::default(), FactBits::with) })
    }

    fn capabilities(&self) -> Capabilities {
        let [max_output, max_input] = self.bounds.map(|bound| Some(bound).filter(|bound| *bound > 0));
        let [images, audio, documents, tools, parallel_tools, forced_tools, schema, reasoning, sampling] =
            std::array::from_fn(|at| self.facts.flag(at));
        Capabilities {
            max_output,
            max_input,
            images,
            audio,
            documents,
            tools,
            parallel_tools,
            forced_tools,
            schema,
            reasoning,
            sampling: sampling.filter(|taken| !taken).map(|_| PermittedSampling::Refused),
            efforts: self.facts.efforts(),
            ..Capabilities::UNKNOWN
        }
    }
}

impl FactBits {
    fn with(self, word: &str) -> Self {
        if let Some(levels) = word.strip_prefix("efforts=") {
            let levels: Efforts = levels.split('+').filter_map(Effort::of_name).collect();
            return Self(self.0 | HAS_EFFORTS | u32::from(levels.bits()) << EFFORTS);
        }
        let (name, bits) = word.strip_prefix('-').map_or((word, SET), |name| (name, UNSET));
        match FLAGS.iter().position(|flag| *flag == name) {
            Some(at) => Self(self.0 | bits << (2 * at)),
            None => self,
        }
    }

    const fn flag(self, at: usize) -> Option<bool> {
        match self.0 >> (2 * at) & 3 {
            UNSET => Some(false),
            SET => Some(true),
            _ => None,
        }
    }

    fn efforts(self) -> Option<Efforts> {
        (self.0 & HAS_EFFORTS != 0).then(|| Efforts::from_bits((self.0 >> EFFORTS) as u8))
    }
}

/// Words of the list.
const FLAGS: [&str; 9] =
    ["images", "audio", "documents", "tools", "parallel", "forced", "schema", "reasoning", "sampling"];
/// Bits of a fact that does not hold, and of one that does.
const UNSET: u32 = 1;
const SET: u32 = 3;
/// Mark of known levels of effort, and the place of the levels.
const HAS_EFFORTS: u32 = 1 << 18;
const EFFORTS: u32 = 19;

const LINES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/capabilities.zlib"));
