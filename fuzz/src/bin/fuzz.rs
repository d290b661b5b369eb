//! The targets as libFuzzer runs them, selected by `FUZZ_TARGET`. `FUZZ_SEEDS=FOLDER` only writes the seeds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use tollgate_fuzz::Target;

static CHOSEN: OnceLock<Target> = OnceLock::new();

fuzz_target!(
    init: {
        if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
            let count = tollgate_fuzz::seeds::write(folder).unwrap_or_else(|error| panic!("seeds: {error}"));
            println!("    seeds: {count} exchanges");
            std::process::exit(0);
        }
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let target = tollgate_fuzz::target(&name).unwrap_or_else(|| panic!("FUZZ_TARGET is no target: {name:?}"));
        CHOSEN.get_or_init(|| target);
    },
    |bytes: &[u8]| {
        if let Some(target) = CHOSEN.get() {
            target(bytes);
        }
    }
);
