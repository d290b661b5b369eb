//! Tollgate: an LLM gateway that is one Envoy filter.
//!
//! The modules stand in the order in which a call meets them.
