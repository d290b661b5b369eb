//! API keys and tokens that are found. All are made up.

use super::{all, finds, leaves};
use tollgate::redaction::Kind;

/// Keys made up for these tests, and concatenated here so that no scanner takes this file for a leak.
pub(crate) fn key(prefix: &str, length: usize) -> String {
    let body = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU".chars().cycle().take(length);
    prefix.chars().chain(body).collect()
}

#[test]
fn keys_are_found_by_their_prefixes() {
    let jwt = format!("{}.{}.{}", key("eyJ", 30), key("eyJ", 40), key("", 43));
    let keys = [
        key("sk-", 48),
        key("sk-proj-", 120),
        key("sk-svcacct-", 120),
        key("sk-ant-api03-", 95),
        format!("sk-{}", "0a1b2c3d".repeat(4)),
        format!("sk-or-v1-{}", "0a1b2c3d".repeat(8)),
        format!("AKIA{}", "IOSFODNN7ABCDEFG"),
        format!("ASIA{}", "ABCDEFGHIJKLMNOP"),
        key("ghp_", 36),
        key("gho_", 36),
        key("ghu_", 36),
        key("ghs_", 36),
        key("ghr_", 76),
        format!("ghs_12345_{jwt}"),
        key("github_pat_", 82),
        key("glpat-", 20),
        format!("{}.{}", key("glpat-", 27), key("", 9)),
        key("AIza", 35),
        format!("xoxb-123456789012-123456789012-{}", key("", 24)),
        key("xoxp-1-", 60),
        key("sk_live_", 24),
        key("sk_test_", 24),
        key("rk_live_", 24),
        format!("hf_{}", "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
        key("gsk_", 52),
        key("xai-", 80),
        key("npm_", 36),
        key("pypi-", 160),
        format!("{}.{}", key("SG.", 22), key("", 43)),
        key("r8_", 37),
        key("pplx-", 48),
        key("nvapi-", 64),
        format!("tg-{}", "0a1b2c3d".repeat(4)),
        key("glrt-", 20),
        key("gldt-", 20),
        key("GOCSPX-", 28),
        key("whsec_", 32),
        key("rk_test_", 24),
        key("tg-team-", 12),
        jwt,
    ];
    let slack = ["xoxa-", "xoxc-", "xoxe-", "xoxo-", "xoxr-", "xoxs-", "xapp-"].map(|prefix| key(prefix, 40));
    let frames = [
        ("", ""),
        ("key: ", "."),
        ("Authorization: Bearer ", "\n"),
        (r#"{"api_key":""#, r#""}"#),
        (r"\n", r"\n"),
        (r"\u0022", r"\u0022"),
        ("`", "`"),
        ("export KEY=", " # note"),
        ("密钥", "，"),
        ("_", ","),
    ];
    for key in keys.iter().chain(&slack) {
        for (before, after) in frames {
            let text = format!("{before}{key}{after}");
            assert_eq!(all(&text), [(Kind::ApiKey, key.as_str())], "in {text:?}");
        }
    }
}

#[test]
fn private_keys_are_found_whole() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n".repeat(20);
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
        let block = format!("-----BEGIN {label}-----\n{body}-----END {label}-----");
        finds(Kind::ApiKey, &[(&format!("a\n{block}\nb"), &block)]);
        let source = block.replace('\n', "\\n");
        finds(Kind::ApiKey, &[(&format!("\"{source}\\n\""), &source)]);
        let cut = format!("-----BEGIN {label}-----\n{}", body.trim_end());
        finds(Kind::ApiKey, &[(&cut, &cut)]);
    }
    let pgp = format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{body}-----END PGP PRIVATE KEY BLOCK-----");
    finds(Kind::ApiKey, &[(&pgp, &pgp)]);
}

#[test]
fn stand_ins_for_keys_are_left() {
    let thirty_six = "x".repeat(36);
    leaves(
        Kind::ApiKey,
        &[
            "sk-...",
            "sk-your-key-here",
            "sk-your-openai-api-key-goes-here",
            "sk-ant-api03-your-key-here",
            "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "sk-circle-fade-dot-animation-1",
            "task-aB3dE5fG7hJ9kL2mN4pQ6rS8tU",
            "sk-proj-…",
            &format!("ghp_{thirty_six}"),
            &format!("hf_{thirty_six}"),
            "hf_hub_download(repo_id)",
            "AKIA",
            "AKIAIOSFODNN7",
            "AKIAIOSFODNN7abcdefg",
            "ASIAN countries",
            "AIza",
            "xoxb-your-token-here",
            "sk_live_short",
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
            "eyJhbGciOi...",
            "eyJhbGciOiJIUzI1NiJ9",
            "SG.short.short",
            "tg-my-service",
            "npm_config_registry",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
            "-----BEGIN PRIVATE KEY-----",
            "-----------------------------",
            "snake_case_name and kebab-case-name",
            "[API_KEY_1]",
        ],
    );
}
