//! Any method and any path, with the endpoints of any provider: the base lies within the path. An input: a line of
//! both.

use crate::message::Message;
use tollgate::endpoint::Route;
use tollgate::provider::{Provider, ProviderRow, ROWS};

pub(crate) fn run(input: &[u8]) {
    let message = Message::of(input);
    let (method, path) = (message.word(0), message.word(1));
    checked(&Route::of(method, path, &[]), path);
    for row in ROWS.iter().filter(|row| !row.endpoints.is_empty()) {
        checked(&Route::of(method, path, row.endpoints), path);
    }
    let host = message.headers.text("host").unwrap_or_default();
    let at = ProviderRow::at(host, u16::try_from(input.len()).unwrap_or(443), path);
    let route = Route::of(method, path, at.map_or(&[], |row| row.endpoints));
    let _ = Provider::new("p", at.unwrap_or(&ROWS[0]), "key").path(path, &route, at.is_some());
}

fn checked(route: &Route, path: &str) {
    assert!(path.is_char_boundary(route.base));
    assert!(
        route.operation.is_some()
            || *route == Route { other_method: route.other_method, administers: route.administers, ..Route::default() }
    );
}
