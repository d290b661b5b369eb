//! Items of a request: what it says, in the order of the document, as spans of the document.
//!
//! Parts open and end like brackets. What no item covers has no word here and is listed by [`super::unmapped`], when
//! someone needs it.

use super::{Node, Parameter, PartKind, Property, Role, TextSpan};
use crate::document::{Span, sort_by_number};

/// Element of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A setting of the call, with its value as written.
    Parameter(Parameter, Span),
    /// Start of a part.
    Open(Node),
    /// End of the part opened last.
    Close,
    /// A member of the open part, with its value as written. Texts within the value come before it.
    Property(Property, Span),
    /// A text.
    Text(TextSpan),
}

/// Number of elements for which memory is taken at first: most requests have fewer.
const USUAL: usize = 32;

/// Elements of a request, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items(Vec<Item>);

impl Items {
    /// Appends an element.
    pub fn push(&mut self, item: Item) {
        if self.0.capacity() == 0 {
            self.0.reserve(USUAL);
        }
        self.0.push(item);
    }

    /// Appends a text.
    pub fn push_text(&mut self, text: TextSpan) {
        self.push(Item::Text(text));
    }

    /// Inserts a text before the element at an index.
    pub fn insert_text(&mut self, index: usize, text: TextSpan) {
        self.0.insert(index.min(self.0.len()), Item::Text(text));
    }

    /// Opens a part. Returns its index, by which its node can be set once it is known.
    pub fn open(&mut self, node: Node) -> usize {
        self.push(Item::Open(node));
        self.0.len() - 1
    }

    /// Ends the part opened last.
    pub fn close(&mut self) {
        self.push(Item::Close);
    }

    /// Sets the node of a part that was opened before it was known.
    pub fn set(&mut self, index: usize, node: Node) {
        if let Some(Item::Open(opened)) = self.0.get_mut(index) {
            *opened = node;
        }
    }

    /// Removes the start of a part that turned out to be none. The time taken grows with the number of elements after it.
    pub fn remove(&mut self, index: usize) {
        if index < self.0.len() {
            self.0.remove(index);
        }
    }

    /// Sets the role of a message that was opened before its role was read, and that of its texts.
    pub fn set_role(&mut self, index: usize, role: Option<Role>) {
        self.set(index, Node::Message(role));
        self.texts_from_mut(index).for_each(|text| text.role = role);
    }

    /// Elements.
    pub fn iter(&self) -> impl Iterator<Item = &Item> {
        self.0.iter()
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

    /// Number of inputs of a request for embeddings: messages and media that are in no other part.
    pub fn inputs(&self) -> usize {
        let (mut inputs, mut depth) = (0, 0_usize);
        for item in &self.0 {
            match item {
                Item::Open(node) => {
                    inputs += usize::from(depth == 0 && *node != Node::Part(PartKind::Other));
                    depth += 1;
                }
                Item::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        inputs
    }

    /// Removes the elements from an index on.
    pub fn truncate(&mut self, first: usize) {
        self.0.truncate(first);
    }

    /// Moves all elements of another list to the end of this one.
    pub fn append(&mut self, others: &mut Self) {
        self.0.append(&mut others.0);
    }

    /// Inserts the texts of another list among the elements from an index on, each in its place in the document. Those
    /// that are in this list are left out.
    pub fn merge(&mut self, first: usize, others: &Self) {
        let mut texts: Vec<TextSpan> = others.texts().copied().collect();
        sort_by_number(&mut texts, |text| text.span.start.into());
        texts.dedup_by_key(|text| text.span.start);
        let later = self.0.split_off(first.min(self.0.len()));
        let merged = &mut self.0;
        merged.reserve(later.len() + texts.len());
        let mut texts = texts.into_iter().peekable();
        for item in later {
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
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn text_mut(&mut self) -> Option<&mut TextSpan> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}
