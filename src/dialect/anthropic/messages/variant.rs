//! Anthropic's messages at Amazon Bedrock (InvokeModel) and at Vertex AI (rawPredict): the path names the model, the body
//! the version of the API. `lib/bedrock/_client.py` and `lib/vertex/_client.py` of the anthropic SDK 2.14.0, and
//! "supportedPlatforms" of <https://platform.claude.com/docs/en/build-with-claude/vision>, read 2026-11-29.

use crate::dialect::splice::MemberEdit;
use crate::dialect::writing::betas;
use crate::document::EditedDocument;
use crate::model::{Branch, Media, Node, PartKind, Tree, Variant, WriteTarget};

/// Version of the API that a form of it demands.
pub(super) const fn version(variant: Variant) -> Option<&'static str> {
    match variant {
        Variant::Bedrock => Some("bedrock-2023-05-31"),
        Variant::Vertex => Some("vertex-2023-10-16"),
        _ => None,
    }
}

/// Edits that bring a request from one form of the API into another. `None`: it shows something by its address, which
/// these providers do not fetch.
pub(in crate::dialect) fn variant_edits(
    tree: &Tree,
    source: &EditedDocument<'_>,
    target: &WriteTarget<'_>,
) -> Option<Vec<MemberEdit<'static>>> {
    let Some(version) = version(target.variant) else {
        let members = ["anthropic_version", "anthropic_beta"];
        return Some(members.into_iter().map(MemberEdit::Remove).collect());
    };
    if tree.branches.iter().any(|branch| has_address(branch, source)) {
        return None;
    }
    let mut edits = vec![MemberEdit::Remove("model"), MemberEdit::Set("anthropic_version", format!("\"{version}\""))];
    if target.variant == Variant::Vertex {
        // A header there.
        edits.push(MemberEdit::Remove("anthropic_beta"));
    }
    if target.variant == Variant::Bedrock {
        edits.push(MemberEdit::Remove("stream"));
        edits.extend(betas(target.betas).map(|betas| MemberEdit::Add("anthropic_beta", betas)));
    }
    Some(edits)
}

/// Reports whether a part, or one in it, shows media by an address or as a file at the provider.
fn has_address(branch: &Branch, source: &EditedDocument<'_>) -> bool {
    let is_address = |branch: &Branch| {
        matches!(branch.node, Node::Part(PartKind::Image | PartKind::File))
            && matches!(Media::of(branch, source), Some(Media::Url(_) | Media::File(_)))
    };
    is_address(branch)
        || branch.branches().any(|part| {
            is_address(part) || part.branches().any(|inner| is_address(inner) || inner.branches().any(is_address))
        })
}
