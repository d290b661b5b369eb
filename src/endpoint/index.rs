//! Index of the common endpoints by a segment of their patterns: most paths are compared with a few of them only.

use super::pattern::Match;
use super::table::{ENDPOINTS, Endpoint};
use std::sync::LazyLock;

/// Endpoints by a hash of a segment that a path must have to match.
struct Index {
    /// By the last segment, where it is literal.
    ends: [Rows; BUCKETS],
    /// By the first segment, where only that is literal.
    heads: [Rows; BUCKETS],
    /// All others.
    others: Rows,
}

/// A set of endpoints: bits by their place in the table.
type Rows = [u64; ENDPOINTS.len().div_ceil(64)];

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// Returns the common endpoints that may match a path, in the order of the table.
pub(super) fn candidates<'e>(segments: &[&str]) -> impl Iterator<Item = &'e Endpoint> {
    let index = &*INDEX;
    let mut found = index.others;
    add(&mut found, segments.last().and_then(|end| index.ends.get(bucket(end))));
    for segment in segments {
        add(&mut found, index.heads.get(bucket(segment)));
    }
    let places =
        found.into_iter().zip((0..).step_by(64)).flat_map(|(bits, start)| Bits(bits).map(move |bit| start + bit));
    places.filter_map(|place| ENDPOINTS.get(place))
}

impl Endpoint {
    /// Finds the endpoint of a request. `own` are endpoints of the request's provider in addition to the common ones; the
    /// first that matches is the one.
    pub fn find<'a>(method: &str, path: &str, own: &'a [Self]) -> Option<&'a Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        Self::matching(method, &segments, own).map(|(row, _)| row)
    }

    /// Finds the endpoint with these segments of a path, and the place where its pattern fits.
    pub(super) fn matching<'a, 'p>(
        method: &str,
        segments: &[&'p str],
        added: &'a [Self],
    ) -> Option<(&'a Self, Match<'p>)> {
        added.iter().chain(candidates(segments)).find_map(|row| Some((row, row.matches(method, segments)?)))
    }
}

impl Index {
    fn new() -> Self {
        let none = Rows::default();
        let mut index = Self { ends: [none; BUCKETS], heads: [none; BUCKETS], others: none };
        for (place, row) in ENDPOINTS.iter().enumerate() {
            let rows = match (row.end(), row.head()) {
                ("", "") => Some(&mut index.others),
                ("", head) => index.heads.get_mut(bucket(head)),
                (end, _) => index.ends.get_mut(bucket(end)),
            };
            if let Some(bits) = rows.and_then(|rows| rows.get_mut(place / 64)) {
                *bits |= 1 << (place % 64);
            }
        }
        index
    }
}

fn add(rows: &mut Rows, others: Option<&Rows>) {
    for (bits, more) in rows.iter_mut().zip(others.into_iter().flatten()) {
        *bits |= more;
    }
}

/// Numbers of the bits that are set, in order.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = self.0.trailing_zeros() as usize;
        // The lowest one is cleared.
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}

/// Hash of a segment.
fn bucket(segment: &str) -> usize {
    let at = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    let bytes = segment.as_bytes();
    (bytes.len() + 7 * at(bytes.first()) + 31 * at(bytes.last())) % BUCKETS
}

const BUCKETS: usize = 64;
