//! The expressions that VRM knows by name.

/// VRM 1.0's presets, each after VRM 0's name for it.
const PRESETS: [(&str, &str); 18] = [
    ("neutral", "neutral"),
    ("joy", "happy"),
    ("angry", "angry"),
    ("sorrow", "sad"),
    ("fun", "relaxed"),
    ("surprised", "surprised"),
    ("a", "aa"),
    ("i", "ih"),
    ("u", "ou"),
    ("e", "ee"),
    ("o", "oh"),
    ("blink", "blink"),
    ("blinkl", "blinkLeft"),
    ("blinkr", "blinkRight"),
    ("lookup", "lookUp"),
    ("lookdown", "lookDown"),
    ("lookleft", "lookLeft"),
    ("lookright", "lookRight"),
];

/// VRM 1.0's name of a preset, by either version's, whatever its case and with `_` or without; `None`: it is no preset.
pub fn find(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect();
    let known = |(old, new): &&(&str, &str)| [old, new].iter().any(|known| known.eq_ignore_ascii_case(&plain));
    PRESETS.iter().find(known).map(|(_, new)| *new)
}
