//! The graph of source files: which file uses what another one declares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A path of modules and a name, from the crate's root.
type Names = Vec<String>;

/// Uses between files, by the files' module paths (`policy::routing`).
pub(crate) struct Graph(BTreeMap<String, BTreeSet<String>>);

/// A file's paths: those that it uses, and those of its children that it declares as its own.
#[derive(Default)]
struct Paths {
    uses: Vec<Names>,
    reexports: Vec<Names>,
}

impl Graph {
    /// Builds the graph of the files of a crate, each with its path within the crate's folder and its text.
    pub(crate) fn of(files: &[(&Path, &str)]) -> Self {
        let texts: BTreeMap<String, String> = files.iter().map(|(path, text)| (module(path), code(text))).collect();
        let paths: BTreeMap<&str, Paths> =
            texts.iter().map(|(module, text)| (module.as_str(), Paths::of(module, text, &texts))).collect();
        let target = |names: &Names| declares(names, &paths, &texts, 8);
        let used = |paths: &Paths| paths.uses.iter().filter_map(target).collect::<BTreeSet<_>>();
        let edges = paths.iter().map(|(module, paths)| {
            let mut used = used(paths);
            used.remove(*module);
            ((*module).to_owned(), used)
        });
        Self(edges.collect())
    }

    /// Lists the sets of files that use each other, directly or by way of others.
    pub(crate) fn cycles(&self) -> Vec<Vec<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.0.keys().map(|file| (file.as_str(), self.reach(file))).collect();
        let mut cycles: BTreeSet<Vec<&str>> = BTreeSet::new();
        for (file, from) in &reached {
            if from.contains(file) {
                cycles.insert(from.iter().copied().filter(|other| reached[other].contains(file)).collect());
            }
        }
        cycles.into_iter().collect()
    }

    /// Describes the uses within a cycle, one a line.
    pub(crate) fn within(&self, cycle: &[&str]) -> String {
        let uses = cycle.iter().flat_map(|file| self.0[*file].iter().map(move |used| (file, used)));
        let uses = uses.filter(|(_, used)| cycle.contains(&used.as_str()));
        uses.map(|(file, used)| format!("  {file} uses {used}\n")).collect()
    }

    fn reach(&self, file: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = self.0[file].iter().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next.as_str()) {
                open.extend(&self.0[next.as_str()]);
            }
        }
        seen
    }
}

impl Paths {
    fn of(module: &str, text: &str, files: &BTreeMap<String, String>) -> Self {
        let mut found = Self::default();
        let mut rest = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let bare = line.trim_start();
            let is_public = bare.starts_with("pub");
            let statement = bare.split_once("use ").filter(|(before, _)| before.is_empty() || is_visibility(before));
            let Some((_, tree)) = statement else {
                rest.push_str(line);
                rest.push('\n');
                continue;
            };
            let mut tree = tree.to_owned();
            while !tree.contains(';') {
                tree.push_str(lines.next().unwrap_or(";"));
            }
            let names = expanded(tree.split(';').next().unwrap_or_default());
            let names = names.into_iter().filter_map(|names| absolute(module, names, files));
            if is_public { found.reexports.extend(names) } else { found.uses.extend(names) }
        }
        found.uses.extend(written(&rest).into_iter().filter_map(|names| absolute(module, names, files)));
        found
    }
}

/// The module path of a file: `a/mod.rs` and `a.rs` are `a`, `lib.rs` is the root.
fn module(path: &Path) -> String {
    let path = path.with_extension("");
    let names: Vec<&str> = path.iter().filter_map(|name| name.to_str()).collect();
    match names.split_last() {
        Some((&"lib" | &"mod", above)) => above.join("::"),
        _ => names.join("::"),
    }
}

/// A file's code: without comments, tests, and the modules in which a name is visible.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.map(|line| line.replace("pub(in crate::", "pub(") + "\n").collect()
}

fn is_visibility(text: &str) -> bool {
    let text = text.trim_end();
    text == "pub" || text.starts_with("pub(") && text.ends_with(')')
}

/// Every path of a tree of uses: `a::{b, c::d}` has two.
fn expanded(tree: &str) -> Vec<Names> {
    let Some((head, body)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()];
    };
    let head: Names = head.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let body = body.rsplit_once('}').map_or(body, |(body, _)| body);
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for character in body.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (character, parts.last_mut()) {
            (',', _) if depth == 0 => parts.push(String::new()),
            (_, Some(part)) => part.push(character),
            _ => {}
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expanded(part)).map(|names| [head.clone(), names].concat()).collect()
}

/// Every path of two names and more within code.
fn written(text: &str) -> Vec<Names> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = text.split(|c: char| !is_path(c)).filter(|word| word.contains("::") && !word.starts_with(':'));
    words.map(|word| word.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()).collect()
}

/// A path from the crate's root; `None` for one that leads out of the crate, or begins with a name that is no file.
fn absolute(module: &str, names: Names, files: &BTreeMap<String, String>) -> Option<Names> {
    let own: Names = module.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    match names.first()?.as_str() {
        "crate" => Some(names.get(1..)?.to_vec()),
        "self" => Some([&own, names.get(1..)?].concat()),
        "super" => {
            let up = names.iter().take_while(|name| *name == "super").count();
            Some([own.get(..own.len().checked_sub(up)?)?, names.get(up..)?].concat())
        }
        first => {
            let child = [&own, &[first.to_owned()][..]].concat().join("::");
            files.contains_key(&child).then(|| [own, names].concat())
        }
    }
}

/// The file that declares what a path names; names that a module takes from its children are followed.
fn declares(
    names: &Names,
    paths: &BTreeMap<&str, Paths>,
    texts: &BTreeMap<String, String>,
    depth: usize,
) -> Option<String> {
    let file = (0..=names.len()).rev().find(|length| texts.contains_key(&names[..*length].join("::")))?;
    let (module, rest) = names.split_at(file);
    let module = module.join("::");
    let (Some(name), Some(depth)) = (rest.first(), depth.checked_sub(1)) else { return Some(module) };
    for reexport in &paths[module.as_str()].reexports {
        match reexport.split_last() {
            Some((last, _)) if last == name => {
                return declares(&[reexport.clone(), rest[1..].to_vec()].concat(), paths, texts, depth);
            }
            Some((last, above)) if last == "*" => {
                let found = declares(&[above, rest].concat(), paths, texts, depth)?;
                if is_declared(name, &texts[&found]) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    Some(module)
}

fn is_declared(name: &str, text: &str) -> bool {
    ["struct", "enum", "trait", "type", "fn", "const", "static"].iter().any(|keyword| {
        let declaration = format!("{keyword} {name}");
        text.match_indices(&declaration).any(|(at, _)| {
            let after = text.get(at + declaration.len()..).and_then(|after| after.chars().next());
            !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

#[test]
fn files_that_use_each_other_are_found_through_what_modules_declare_as_their_own() {
    let files = [
        ("lib.rs", "pub mod a;\npub mod b;\n"),
        ("a/mod.rs", "mod one;\nmod two;\npub use one::One;\npub(crate) use two::{Two, three};\n"),
        ("a/one.rs", "use super::Two;\n/// See [`crate::b::B`].\npub struct One(Two);\n"),
        ("a/two.rs", "pub struct Two;\npub(in crate::a) fn three() -> u8 { crate::a::One::count() }\n"),
        ("b.rs", "use crate::a::{\n    One,\n    three as four,\n};\npub struct B;\n#[cfg(test)]\nmod tests {}\n"),
    ];
    let files: Vec<(&Path, &str)> = files.iter().map(|(path, text)| (Path::new(*path), *text)).collect();
    let graph = Graph::of(&files);
    assert_eq!(graph.cycles(), [["a::one", "a::two"]]);
    assert_eq!(graph.0["b"].iter().collect::<Vec<_>>(), ["a::one", "a::two"]);
}
