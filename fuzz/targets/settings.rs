//! Any bytes as settings: a plan, or problems that can be shown.

pub(crate) fn run(bytes: &[u8]) {
    if let Err(problems) = tollgate::settings::read(bytes, &|_| Some("secret".to_owned())) {
        assert!(!problems.to_string().is_empty());
    }
}
