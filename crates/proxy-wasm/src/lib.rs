//! The filter as Envoy's wasm VM loads it: the core behind proxy-wasm. The compiler proves that the core is free of it.

#[cfg(target_arch = "wasm32")]
mod envoy;
