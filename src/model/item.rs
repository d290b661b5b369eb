//! Elements of a request: what it says, in the order of the document, as spans of the document.

use super::TextSpan;

/// Element of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A text.
    Text(TextSpan),
}

/// Elements of a request, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items(Vec<Item>);

impl Items {
    /// Appends a text.
    pub fn push_text(&mut self, text: TextSpan) {
        self.0.push(Item::Text(text));
    }

    /// Inserts a text before the element at an index.
    pub fn insert_text(&mut self, index: usize, text: TextSpan) {
        self.0.insert(index.min(self.0.len()), Item::Text(text));
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Matches an empty list.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Texts, in the order of the document.
    pub fn texts(&self) -> impl Iterator<Item = &TextSpan> {
        self.texts_from(0)
    }

    /// Texts among the elements from an index on.
    pub fn texts_from(&self, first: usize) -> impl Iterator<Item = &TextSpan> {
        self.0.iter().skip(first).filter_map(Item::text)
    }

    /// Texts among the elements from an index on, to be changed.
    pub fn texts_from_mut(&mut self, first: usize) -> impl Iterator<Item = &mut TextSpan> {
        self.0.iter_mut().skip(first).filter_map(Item::text_mut)
    }

    /// Removes the elements from an index on.
    pub fn truncate(&mut self, first: usize) {
        self.0.truncate(first);
    }

    /// Moves all elements of another list to the end of this one.
    pub fn append(&mut self, others: &mut Self) {
        self.0.append(&mut others.0);
    }

    /// Sorts the elements from an index on, where all of them are texts, into the order of the document.
    pub fn sort_texts(&mut self, first: usize) {
        if let Some(items) = self.0.get_mut(first..) {
            items.sort_by_key(|item| item.text().map(|text| text.span.start));
        }
    }

    /// Inserts the texts of another list, each in its place in the document. Those that are in this one are left out.
    pub fn merge(&mut self, others: &Self) {
        let mut texts: Vec<TextSpan> = others.texts().copied().collect();
        texts.sort_by_key(|text| text.span.start);
        texts.dedup_by_key(|text| text.span.start);
        let mut merged = Vec::with_capacity(self.0.len() + texts.len());
        let mut texts = texts.into_iter().peekable();
        for item in std::mem::take(&mut self.0) {
            if let Some(start) = item.text().map(|text| text.span.start) {
                while let Some(text) = texts.next_if(|text| text.span.start <= start) {
                    if text.span.start < start {
                        merged.push(Item::Text(text));
                    }
                }
            }
            merged.push(item);
        }
        merged.extend(texts.map(Item::Text));
        self.0 = merged;
    }
}

impl Extend<TextSpan> for Items {
    fn extend<I: IntoIterator<Item = TextSpan>>(&mut self, texts: I) {
        self.0.extend(texts.into_iter().map(Item::Text));
    }
}

impl FromIterator<TextSpan> for Items {
    fn from_iter<I: IntoIterator<Item = TextSpan>>(texts: I) -> Self {
        Self(texts.into_iter().map(Item::Text).collect())
    }
}

impl Item {
    fn text(&self) -> Option<&TextSpan> {
        let Self::Text(text) = self;
        Some(text)
    }

    fn text_mut(&mut self) -> Option<&mut TextSpan> {
        let Self::Text(text) = self;
        Some(text)
    }
}
