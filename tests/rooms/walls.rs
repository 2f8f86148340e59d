//! The walls of the house: what a room uses is what ARCHITECTURE.md lets it use, tests included.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Crates that only some rooms may name: a reader knows where the tensors, the GPU and the window are.
const KEPT: [(&str, &[&str]); 8] = [
    ("candle_core", &["nn", "weights", "conr", "cinn", "fude", "psgan", "bench"]),
    ("candle_nn", &["nn", "weights", "conr", "cinn", "fude", "psgan", "bench"]),
    ("wgpu", &["raster"]),
    ("egui", &["studio", "bench"]),
    ("rosc", &["live"]),
    ("symphonia", &["sound"]),
    ("cpal", &["sound"]),
    ("rapier3d", &["dynamics"]),
];

type Table = BTreeMap<String, BTreeSet<String>>;

/// The rooms of ARCHITECTURE.md's table and what each may use.
fn table(text: &str) -> Table {
    let mut rooms = Table::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [names, _, uses] = cells[..] else { panic!("a row of the table has three cells: {line}") };
        let above: BTreeSet<String> = rooms.keys().cloned().collect();
        let uses = if uses.trim() == "all above" { above } else { quoted(uses) };
        for room in quoted(names) {
            assert!(rooms.insert(room, uses.clone()).is_none(), "twice in the table: {line}");
        }
    }
    rooms
}

/// What stands in backticks, without the slash of a folder.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(|name| name.trim_end_matches('/').to_owned()).collect()
}

/// The code of a line: without its comment. A `//` within a string ends the line too early, which hides nothing that
/// imports.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

/// The identifiers that follow `prefix` in a source text, those of `prefix{a, b::c}` included.
fn named(source: &str, prefix: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = source.lines().map(code).collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        for (at, _) in line.match_indices(prefix) {
            let part_of_a_name = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let rest = &line[at + prefix.len()..];
            if part_of_a_name {
                continue;
            }
            if let Some(group) = rest.strip_prefix('{') {
                let group = std::iter::once(group).chain(lines[number + 1..].iter().copied()).collect::<String>();
                found.extend(members(&group).map(|name| (number + 1, name)));
            } else {
                found.push((number + 1, identifier(rest)));
            }
        }
    }
    found
}

/// The first identifier of each member of a group, whose opening brace was read already.
fn members(group: &str) -> impl Iterator<Item = String> {
    let (mut depth, mut end) = (1, group.len());
    let mut cuts = vec![0];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => cuts.push(at + 1),
            _ => {}
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    cuts.into_iter().map(move |cut| identifier(group[cut..end].trim_start())).collect::<Vec<_>>().into_iter()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What breaks through a wall in one file, in words.
fn breaches(room: &str, file: &Path, source: &str, table: &Table) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut tell = |line: usize, what: &str| breaches.push(format!("{}:{line}: `{room}` uses {what}", file.display()));
    let Some(allowed) = table.get(room) else {
        return vec![format!("{}: ARCHITECTURE.md's table has no room `{room}`", file.display())];
    };
    for (line, used) in named(source, "crate::") {
        if used != room && table.contains_key(&used) && !allowed.contains(&used) {
            tell(line, &format!("`{used}`"));
        }
    }
    for (kept, rooms) in KEPT {
        if let Some((line, _)) = named(source, &format!("{kept}::")).first().filter(|_| !rooms.contains(&room)) {
            tell(*line, &format!("the crate `{kept}`, which is for {}", rooms.join(", ")));
        }
    }
    breaches
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = table(&std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    let mut sources = Vec::new();
    files(&root.join("src"), &mut sources);
    assert!(sources.len() > 100, "the house is larger than this");
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for path in sources {
        let inside = path.strip_prefix(root.join("src")).unwrap();
        let room = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        found.extend(breaches(&room, inside, &std::fs::read_to_string(&path).unwrap(), &table));
        seen.insert(room);
    }
    assert!(found.is_empty(), "{} breaches:\n{}", found.len(), found.join("\n"));
    let named: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(seen, named, "the table and the folders of src/");
}

#[test]
fn a_room_below_is_never_above() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let table = table(&text);
    for (room, uses) in &table {
        for used in uses {
            let back = table.get(used).unwrap_or_else(|| panic!("`{room}` may use `{used}`, which is no room"));
            assert!(!back.contains(room), "`{room}` and `{used}` may use each other");
        }
    }
}

#[test]
fn a_planted_import_is_found() {
    let rows = "| `files` `picture/` | low | – |\n| `sheet/` | above | `picture` |\n| `cli/` | top | all above |\n";
    let table = table(rows);
    let in_room = |room: &str, source: &str| breaches(room, Path::new("planted.rs"), source, &table);
    assert!(in_room("sheet", "use crate::picture::Picture;\nuse super::Sheet;\n").is_empty());
    assert!(in_room("cli", "use crate::{files, sheet::Sheet};\n// use crate::studio").is_empty());
    for planted in [
        "use crate::cli::Report;",
        "    use crate::sheet::{Sheet, View};",
        "use crate::{\n    picture::{a, b},\n    sheet::Sheet,\n};",
        "#[cfg(test)]\nmod tests { fn f() { crate::cli::run() } }",
        "use egui::Ui;",
        "fn f(x: &candle_core::Tensor) {}",
    ] {
        assert_eq!(in_room("picture", planted).len(), 1, "{planted}");
    }
    assert_eq!(in_room("files", "use crate::picture::Picture;").len(), 1, "a room of the same row is another room");
    assert_eq!(in_room("attic", "").len(), 1, "a room that the table does not name");
}
