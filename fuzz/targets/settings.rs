//! Any bytes as settings: a plan, or problems that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(problems) = tollgate::settings::read(bytes, &|_| Some("secret".to_owned())) {
        assert!(!problems.to_string().is_empty());
    }
});
