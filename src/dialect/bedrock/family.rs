//! Families of models at Amazon Bedrock, as far as requests for them differ.

/// Family of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialect) enum ModelFamily {
    /// Anthropic's; `has_schema`: it takes a JSON schema for its output, and strict tools.
    Claude { has_schema: bool },
    /// Amazon's Nova; `reasons`: the second generation.
    Nova { reasons: bool },
    /// Any other, known by its vendor; `has_schema` as above.
    Other { has_schema: bool },
    /// A profile, an imported model, or no name of Bedrock's.
    Unknown,
}

/// Claude models with JSON schemas and strict tools. Later ones have them at Anthropic's own API alone:
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html> and
/// <https://github.com/vercel/ai/pull/15352>, read 2026-11-29.
const CLAUDE_WITH_SCHEMA: [&str; 5] = ["haiku-4-5", "sonnet-4-5", "opus-4-5", "opus-4-6", "sonnet-4-6"];

/// Vendors, by the beginning of their models' names after that of a region; and whether those have JSON schemas
/// (same page; <https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html>, read 2026-11-29).
const VENDORS: [(&str, bool); 18] = [
    ("openai.", true),
    ("qwen.", true),
    ("google.", true),
    ("minimax.", true),
    ("moonshot", true),
    ("nvidia.", true),
    ("deepseek.v3", true),
    ("mistral.magistral", true),
    ("mistral.ministral", true),
    ("mistral.voxtral", true),
    ("mistral.mistral-large-3", true),
    ("mistral.", false),
    ("deepseek.", false),
    ("amazon.titan", false),
    ("meta.", false),
    ("cohere.", false),
    ("ai21.", false),
    ("writer.", false),
];

impl ModelFamily {
    /// Finds the family of a model by its id or its ARN.
    pub(in crate::dialect) fn of(model: &str) -> Self {
        let model = model.to_ascii_lowercase();
        if model.contains("claude") || model.contains("anthropic.") {
            return Self::Claude { has_schema: CLAUDE_WITH_SCHEMA.iter().any(|name| model.contains(name)) };
        }
        if model.contains("amazon.nova") || model.starts_with("nova-") {
            return Self::Nova { reasons: model.contains("nova-2") };
        }
        let is_vendor = |vendor: &str| {
            let mut places = model.match_indices(vendor);
            places.any(|(at, _)| at == 0 || model.get(..at).is_some_and(|before| before.ends_with(['.', '/'])))
        };
        match VENDORS.iter().find(|(vendor, _)| is_vendor(vendor)) {
            Some((_, has_schema)) => Self::Other { has_schema: *has_schema },
            None => Self::Unknown,
        }
    }

    /// Reports whether the model takes a JSON schema for its output.
    pub(in crate::dialect) const fn has_schema(self) -> bool {
        match self {
            Self::Claude { has_schema } | Self::Other { has_schema } => has_schema,
            Self::Nova { .. } => false,
            Self::Unknown => true,
        }
    }

    /// Reports whether fields of Anthropic's own API may be added. Most profiles are of its models.
    pub(in crate::dialect) const fn is_claude(self) -> bool {
        matches!(self, Self::Claude { .. } | Self::Unknown)
    }

    /// Reports whether the prompt is cached up to markers: of Nova without its tools, and for five minutes.
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html>, read 2026-11-29.
    pub(in crate::dialect) const fn has_cache(self) -> bool {
        !matches!(self, Self::Other { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::ModelFamily;

    #[test]
    fn the_family_is_found_in_ids_of_every_form() {
        for (model, family) in [
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", ModelFamily::Claude { has_schema: true }),
            ("anthropic.claude-3-haiku-20240307-v1:0", ModelFamily::Claude { has_schema: false }),
            ("claude-sonnet-4-20250514", ModelFamily::Claude { has_schema: false }),
            ("global.amazon.nova-2-lite-v1:0", ModelFamily::Nova { reasons: true }),
            ("amazon.nova-micro-v1:0", ModelFamily::Nova { reasons: false }),
            ("openai.gpt-oss-120b-1:0", ModelFamily::Other { has_schema: true }),
            ("arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1", ModelFamily::Other { has_schema: false }),
            ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", ModelFamily::Unknown),
            ("gpt-4o", ModelFamily::Unknown),
        ] {
            assert_eq!(ModelFamily::of(model), family, "{model}");
        }
    }
}
