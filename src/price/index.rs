//! Index of the book's text: where the lines of each model are, and the prices of those that were looked up.

use super::lines::{ModelLines, Priced, key_of};
use std::collections::BinaryHeap;
use std::sync::OnceLock;

/// A text of lines sorted by provider and model, byte by byte, each ended by a line feed, and the places in it.
///
/// The text is never freed: there is one for each process or VM.
pub(super) struct BookIndex {
    text: &'static str,
    providers: Vec<ProviderEntry>,
    models: Vec<ModelEntry>,
    /// Hash and index of each model, ascending: a search by names compares some twenty of them.
    hashes: Vec<(u32, u32)>,
    /// Lines of each model, parsed at its first use.
    parsed: Vec<OnceLock<ModelLines>>,
}

/// A provider with lines.
struct ProviderEntry {
    /// Index of its first model.
    first: usize,
}

/// A model with lines.
#[derive(Clone, Copy)]
struct ModelEntry {
    /// Offset of its first line.
    start: u32,
    /// Lengths of the provider's name and its own.
    provider: u16,
    model: u16,
}

impl BookIndex {
    /// Reads the key of every line, once. A line whose offset or key is too long for the index is left out.
    pub(super) fn new(text: String) -> Self {
        let text: &'static str = text.leak();
        let (mut providers, mut models) = (Vec::new(), Vec::new());
        let (mut last, mut end) = (("", ""), 0);
        for line in text.split_inclusive('\n') {
            let start = end;
            end += line.len();
            let key = key_of(line);
            if line.starts_with('#') || key == last {
                continue;
            }
            if let Some(entry) = ModelEntry::new(start, key) {
                if key.0 != last.0 {
                    providers.push(ProviderEntry { first: models.len() });
                }
                models.push(entry);
                last = key;
            }
        }
        providers.shrink_to_fit();
        models.shrink_to_fit();
        let parsed = models.iter().map(|_| OnceLock::new()).collect();
        let mut index = Self { text, providers, models, hashes: Vec::new(), parsed };
        let hash = |entry: &ModelEntry| hash(index.provider(*entry), index.model(*entry));
        // By a heap: a sort takes 5 KB of the filter for each type.
        let hashes: BinaryHeap<(u32, u32)> = index.models.iter().map(hash).zip(0..).collect();
        index.hashes = hashes.into_sorted_vec();
        index
    }

    /// Lines of one model, if there are any.
    pub(super) fn of(&self, provider: &str, model: &str) -> Option<Priced> {
        let wanted = hash(provider, model);
        let first = self.hashes.partition_point(|(hash, _)| *hash < wanted);
        let alike = self.hashes.iter().skip(first).take_while(|(hash, _)| *hash == wanted);
        let mut found = alike.filter_map(|(_, at)| self.priced(*at as usize));
        found.find(|priced| priced.provider == provider && priced.model == model)
    }

    /// Every model of a provider whose name begins with `prefix`, in order.
    pub(super) fn beginning_with(&self, provider: &str, prefix: &str) -> impl Iterator<Item = Priced> {
        let (first, models) = self.models_of(provider).unwrap_or_default();
        let at = models.partition_point(|entry| self.model(*entry) < prefix);
        let found = models.iter().skip(at).take_while(move |entry| self.model(**entry).starts_with(prefix)).count();
        (first + at..first + at + found).filter_map(|at| self.priced(at))
    }

    /// Names of all models, in order; one that several providers have comes several times.
    pub(super) fn models(&self) -> impl Iterator<Item = &'static str> {
        self.models.iter().map(|entry| self.model(*entry))
    }

    /// Every provider, in order.
    pub(super) fn providers(&self) -> impl Iterator<Item = &str> {
        self.providers.iter().filter_map(|entry| Some(self.provider(*self.models.get(entry.first)?)))
    }

    /// Lines of a model, parsed.
    pub(super) fn lines(&self, priced: Priced) -> Option<&ModelLines> {
        self.parsed.get(priced.at).map(|lines| lines.get_or_init(|| priced.read()))
    }

    /// Models of a provider, and the index of the first.
    fn models_of(&self, provider: &str) -> Option<(usize, &[ModelEntry])> {
        let name = |entry: &ProviderEntry| self.models.get(entry.first).map_or("", |model| self.provider(*model));
        let at = self.providers.binary_search_by(|entry| name(entry).cmp(provider)).ok()?;
        let first = self.providers.get(at)?.first;
        let end = self.providers.get(at + 1).map_or(self.models.len(), |next| next.first);
        Some((first, self.models.get(first..end)?))
    }

    fn priced(&self, at: usize) -> Option<Priced> {
        let entry = *self.models.get(at)?;
        let end = self.models.get(at + 1).map_or(self.text.len(), |next| next.start as usize);
        let text = self.text.get(entry.start as usize..end)?;
        Some(Priced { provider: self.provider(entry), model: self.model(entry), text, at })
    }

    fn provider(&self, entry: ModelEntry) -> &'static str {
        let start = entry.start as usize;
        self.text.get(start..start + usize::from(entry.provider)).unwrap_or_default()
    }

    fn model(&self, entry: ModelEntry) -> &'static str {
        let start = entry.start as usize + usize::from(entry.provider) + 1;
        self.text.get(start..start + usize::from(entry.model)).unwrap_or_default()
    }
}

/// FNV-1a, of a model's name and a provider's: <https://www.rfc-editor.org/rfc/rfc9923>. Only names of the book are in
/// the index, so that nobody can choose names of one hash.
pub(crate) fn hash(provider: &str, model: &str) -> u32 {
    let bytes = provider.bytes().chain(model.bytes());
    bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl ModelEntry {
    fn new(start: usize, (provider, model): (&str, &str)) -> Option<Self> {
        let start = u32::try_from(start).ok()?;
        Some(Self { start, provider: provider.len().try_into().ok()?, model: model.len().try_into().ok()? })
    }
}
