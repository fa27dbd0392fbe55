//! Who uses whom: the rooms of the sources and the arrows between their files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, UseTree};

/// The architecture: each room, and the rooms that it may use.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("cli", &["tui", "engine", "exchange", "simulator", "domain", "platform"]),
    ("tui", &["engine", "exchange", "domain", "platform"]),
    ("engine", &["exchange", "simulator", "domain", "platform"]),
    ("simulator", &["exchange", "domain", "platform"]),
    ("exchange", &["domain", "platform"]),
    ("platform", &["domain"]),
    ("domain", &[]),
];

/// What a module holds: where its names are defined.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Names that are defined here.
    own: BTreeSet<String>,
    /// Names that are passed on, with the path that they come from.
    passed_on: BTreeMap<String, Vec<String>>,
    /// Modules all of whose names are passed on.
    globs: Vec<Vec<String>>,
}

/// The modules of the library, by their paths from its root.
struct Sources {
    modules: BTreeMap<Vec<String>, Module>,
    syntax: Vec<(Vec<String>, syn::File)>,
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("cfg")
            && a.meta.require_list().is_ok_and(|list| list.tokens.to_string().split(' ').any(|word| word == "test"))
    })
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(i) => i.ident.to_string(),
        Item::Enum(i) => i.ident.to_string(),
        Item::Fn(i) => i.sig.ident.to_string(),
        Item::Static(i) => i.ident.to_string(),
        Item::Struct(i) => i.ident.to_string(),
        Item::Trait(i) => i.ident.to_string(),
        Item::Type(i) => i.ident.to_string(),
        Item::Macro(i) => i.ident.as_ref()?.to_string(),
        _ => return None,
    })
}

/// The paths of a `use`: the path, the name that it has here, whether it is a glob.
fn leaves(tree: &UseTree, before: &[String], found: &mut Vec<(Vec<String>, String, bool)>) {
    let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(&path.ident), found),
        UseTree::Name(name) if name.ident == "self" => {
            found.push((before.to_vec(), before.last().cloned().unwrap_or_default(), false));
        }
        UseTree::Name(name) => found.push((with(&name.ident), name.ident.to_string(), false)),
        UseTree::Rename(name) => found.push((with(&name.ident), name.rename.to_string(), false)),
        UseTree::Glob(_) => found.push((before.to_vec(), String::new(), true)),
        UseTree::Group(group) => group.items.iter().for_each(|item| leaves(item, before, found)),
    }
}

impl Sources {
    /// Reads every file under a folder of sources, beginning with its `lib.rs`.
    fn read(src: &Path) -> Self {
        let mut sources = Self { modules: BTreeMap::new(), syntax: Vec::new() };
        sources.read_file(&src.join("lib.rs"), src, Vec::new());
        for (path, syntax) in &sources.syntax {
            for item in &syntax.items {
                let Item::Use(used) = item else { continue };
                if is_test(&used.attrs) {
                    continue;
                }
                let mut found = Vec::new();
                leaves(&used.tree, &[], &mut found);
                for (from, name, is_glob) in found {
                    let Some(from) = absolute(&sources.modules, path, &from) else { continue };
                    let module = sources.modules.get_mut(path).unwrap();
                    if is_glob {
                        module.globs.push(from);
                    } else {
                        module.passed_on.insert(name, from);
                    }
                }
            }
        }
        sources
    }

    fn read_file(&mut self, file: &Path, folder: &Path, path: Vec<String>) {
        let text = fs::read_to_string(file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let syntax = syn::parse_file(&text).unwrap();
        let own = syntax.items.iter().filter(|item| !is_test(attributes(item))).filter_map(name_of).collect();
        self.modules.insert(path.clone(), Module { file: file.to_owned(), own, ..Module::default() });
        for item in &syntax.items {
            let Item::Mod(inner) = item else { continue };
            if inner.content.is_some() || is_test(&inner.attrs) {
                continue;
            }
            let name = inner.ident.to_string();
            let below = [path.as_slice(), std::slice::from_ref(&name)].concat();
            self.read_file(&folder.join(format!("{name}.rs")), &folder.join(&name), below);
        }
        self.syntax.push((path, syntax));
    }

    /// The file that defines what a path from the root names.
    fn file_of(&self, path: &[String], seen: &mut BTreeSet<Vec<String>>) -> Option<&Path> {
        if !seen.insert(path.to_vec()) {
            return None;
        }
        if let Some(module) = self.modules.get(path) {
            return Some(&module.file);
        }
        let (name, holder) = path.split_last()?;
        let Some(module) = self.modules.get(holder) else {
            // What belongs to a type: the type says where it is.
            return self.file_of(holder, seen);
        };
        if module.own.contains(name) {
            return Some(&module.file);
        }
        if let Some(from) = module.passed_on.get(name) {
            return self.file_of(from, seen);
        }
        let under = |glob: &Vec<String>| [glob.as_slice(), std::slice::from_ref(name)].concat();
        module.globs.iter().map(under).find_map(|path| self.file_of(&path, seen))
    }

    /// From each file to those that it uses.
    fn arrows(&self) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
        let mut arrows: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        for (path, syntax) in &self.syntax {
            let mut paths = Paths::default();
            paths.visit_file(syntax);
            let file = &self.modules[path].file;
            let targets = arrows.entry(file.clone()).or_default();
            for used in paths.found {
                let Some(used) = absolute(&self.modules, path, &used) else { continue };
                // A file may call the modules that it declares; what they use of it is an arrow.
                if let Some(target) = self.file_of(&used, &mut BTreeSet::new())
                    && target != file
                    && !target.starts_with(file.with_extension(""))
                {
                    targets.insert(target.to_owned());
                }
            }
        }
        arrows
    }
}

/// A path from the root, for one that stands in a module; nothing for one of another crate.
fn absolute(modules: &BTreeMap<Vec<String>, Module>, within: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([within, rest].concat()),
        "super" => {
            let mut above = within;
            let mut rest = path;
            while rest.first().is_some_and(|name| name == "super") {
                above = above.split_last()?.1;
                rest = &rest[1..];
            }
            Some([above, rest].concat())
        }
        name => {
            let child = [within, &[name.to_owned()]].concat();
            if modules.contains_key(&child) {
                return Some([child.as_slice(), rest].concat());
            }
            // What a `use` of this module has brought in.
            let from = modules.get(within)?.passed_on.get(name)?;
            (!rest.is_empty()).then(|| [from.as_slice(), rest].concat())
        }
    }
}

/// All paths of a file, outside its tests.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, used: &'ast syn::ItemUse) {
        let mut found = Vec::new();
        leaves(&used.tree, &[], &mut found);
        self.found.extend(found.into_iter().map(|(path, ..)| path));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        in_tokens(called.tokens.clone(), &mut self.found);
    }
}

/// The paths among the tokens of a macro.
fn in_tokens(tokens: TokenStream, found: &mut Vec<Vec<String>>) {
    let mut path: Vec<String> = Vec::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                if colons != 2 {
                    found.extend((path.len() > 1).then(|| std::mem::take(&mut path)));
                    path.clear();
                }
                path.push(name.to_string());
                colons = 0;
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
            other => {
                found.extend((path.len() > 1).then(|| std::mem::take(&mut path)));
                path.clear();
                colons = 0;
                if let TokenTree::Group(group) = other
                    && group.delimiter() != Delimiter::None
                {
                    in_tokens(group.stream(), found);
                }
            }
        }
    }
    found.extend((path.len() > 1).then_some(path));
}

/// The files that can be reached from themselves, as groups that reach each other.
fn circles(arrows: &BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> Vec<BTreeSet<PathBuf>> {
    let reach = |from: &PathBuf| {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&PathBuf> = arrows.get(from).into_iter().flatten().collect();
        while let Some(next) = waiting.pop() {
            if seen.insert(next.clone()) {
                waiting.extend(arrows.get(next).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = arrows.keys().map(|file| (file, reach(file))).collect();
    let mut found: Vec<BTreeSet<PathBuf>> = Vec::new();
    for (file, seen) in &reached {
        if seen.contains(*file) && !found.iter().any(|group| group.contains(*file)) {
            let back = |other: &&PathBuf| reached.get(other).is_some_and(|seen| seen.contains(*file));
            found.push(seen.iter().filter(back).cloned().collect());
        }
    }
    found
}

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room that a file stands in; its own name where it stands in none.
fn room<'a>(file: &'a Path, src: &Path) -> &'a str {
    let first = file.strip_prefix(src).unwrap().iter().next().unwrap().to_str().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

#[test]
fn arrows_between_rooms_go_down_only() {
    let src = ours();
    let arrows = Sources::read(&src).arrows();
    let mut crossed = BTreeSet::new();
    for (from, to) in arrows.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        let (above, below) = (room(from, &src), room(to, &src));
        if above == below {
            continue;
        }
        let allowed = MAY_USE.iter().find(|(name, _)| *name == above).map(|(_, below)| *below).unwrap_or_default();
        assert!(allowed.contains(&below), "{} uses {}", from.display(), to.display());
        crossed.insert((above.to_owned(), below.to_owned()));
    }
    let unused = |(above, below): (&str, &str)| !crossed.contains(&(above.to_owned(), below.to_owned()));
    let pairs = MAY_USE.iter().flat_map(|(above, all)| all.iter().map(move |below| (*above, *below)));
    let unused: Vec<_> = pairs.filter(|pair| unused(*pair)).collect();
    assert_eq!(unused, [], "allowed and not used: take it out of the list");
}

#[test]
fn no_two_files_use_each_other_however_far_round() {
    let arrows = Sources::read(&ours()).arrows();
    assert!(arrows.len() > 200, "only {} files were read", arrows.len());
    assert_eq!(circles(&arrows), []);
}

#[test]
fn a_circle_is_found_through_a_third_file_and_a_passed_on_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("lib.rs", "mod a; mod b; mod c;");
    write("a.rs", "pub use crate::b::B; pub struct A; #[cfg(test)] mod tests { use crate::c::C; }");
    write("b.rs", "use super::c; pub struct B(c::C);");
    write("c.rs", "pub struct C; fn f() { assert!(matches!(1, crate::a::B)); }");
    let found = circles(&Sources::read(folder.path()).arrows());
    let names: Vec<_> = found.iter().flatten().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!((found.len(), names), (1, vec!["b.rs", "c.rs"]));
}

/// What the map names in backticks or beside the drawing of the screen, if it is a file of the sources.
#[test]
fn the_map_names_files_that_are_there_and_every_room() {
    let map: String = include_str!("../../src/lib.rs").lines().filter_map(|line| line.strip_prefix("//!")).collect();
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.');
    let words = map
        .split(|c| !is_path(c))
        .filter(|word| Path::new(word).extension().is_some_and(|e| e == "rs"))
        .collect::<BTreeSet<_>>();
    assert!(words.len() > 40, "only {} files were found on the map", words.len());
    for file in words {
        let place = if file.starts_with("tests/") { file.to_owned() } else { format!("src/{file}") };
        assert!(ours().parent().unwrap().join(&place).exists(), "the map names {file}, which is not there");
    }
    for (room, _) in MAY_USE {
        assert!(map.contains(&format!("`{room}/`")), "the map does not name the room {room}");
    }
}

/// A file may be named from the root of the sources, from its room, or from beside or below the one that names it.
#[test]
fn what_a_file_says_of_others_names_files_that_are_there() {
    let src = ours();
    let mut named = 0;
    for path in Sources::read(&src).arrows().into_keys() {
        let text = fs::read_to_string(&path).unwrap();
        for quoted in
            text.lines().filter(|line| line.starts_with("//!")).flat_map(|line| line.split('`').skip(1).step_by(2))
        {
            if Path::new(quoted).extension().is_none_or(|e| e != "rs") || quoted.starts_with("tests/") {
                continue;
            }
            named += 1;
            let places =
                [src.clone(), src.join(room(&path, &src)), path.parent().unwrap().to_owned(), path.with_extension("")];
            assert!(places.iter().any(|place| place.join(quoted).exists()), "{} names {quoted}", path.display());
        }
    }
    assert!(named > 60, "only {named} files were named");
}
