//! How figure files write the names of other files, and how the same names may be written on disk.
//!
//! References are a wild mixture: full paths of the author's machine, either slash, other letter case, percent escapes,
//! Unicode composed or decomposed, names that an archive program read in the wrong code page. What is meant is decided
//! here; where it may lie is [`super::resources::Folder`]'s to say.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, IBM866, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
use std::borrow::Cow;
use std::ffi::OsStr;
use unicode_normalization::UnicodeNormalization;

/// Longer paths are no path of anybody's.
const MOST_PARTS: usize = 64;

/// One way to read a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// It begins at the root of a disk or at a server: on this machine only its tail can mean anything.
    pub(super) absolute: bool,
    /// How many folders it climbs before it goes down.
    pub(super) up: usize,
    /// Folders, then the file's name. Never empty.
    pub(super) parts: Vec<String>,
}

impl Reading {
    /// The ways to read `reference`, the likeliest first: as it stands, then without percent escapes, then with the signs
    /// that Japanese and Korean fonts show for a back-slash.
    pub(super) fn all(reference: &str) -> Vec<Self> {
        // What stands behind the end of a text in memory was never meant.
        let reference = reference.trim_start_matches('\0').split('\0').next().unwrap_or_default();
        let mut readings: Vec<Self> = Vec::new();
        let slashed = reference.replace(['¥', '￥', '₩', '￦', '＼'], "\\");
        for text in [Cow::Borrowed(reference), percent_decode(reference), slashed.into()] {
            readings.extend(Self::new(&text).filter(|reading| !readings.contains(reading)));
        }
        readings
    }

    fn new(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '"');
        let (mut absolute, mut rest) = (false, text);
        // `file:///C:/a.png`, `file://localhost/a.png`, `https://host/a.png`; a single letter is a drive.
        if let Some((scheme, after)) = text.split_once(':')
            && scheme.len() > 1
            && after.starts_with('/')
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        {
            (absolute, rest) = (true, after);
            if !after.starts_with("///")
                && let Some((_host, path)) = after.strip_prefix("//").and_then(|s| s.split_once('/'))
            {
                rest = path;
            }
        }
        let rest = rest.trim_start_matches(|c| absolute && (c == '/' || c == '\\'));
        absolute |= rest.starts_with(['/', '\\']);
        let path = match rest.trim_start_matches(['/', '\\', '?', '.']).as_bytes() {
            [drive, b':', ..] if drive.is_ascii_alphabetic() => {
                absolute = true;
                rest.split_once(':').map_or(rest, |(_, path)| path)
            }
            _ => rest,
        };
        let (mut up, mut parts) = (0, Vec::new());
        for part in path.split(['/', '\\']) {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        up += 1;
                    }
                }
                // No name of a file: a stream or a device of Windows.
                _ if part.contains([':', '\0']) => return None,
                _ => parts.push(part.to_owned()),
            }
        }
        (!parts.is_empty() && parts.len() <= MOST_PARTS).then_some(Self { absolute, up, parts })
    }
}

/// One form of all spellings that differ in case, Unicode composition and blanks round the name alone.
pub(super) fn normal(name: &str) -> String {
    name.trim().nfc().flat_map(char::to_lowercase).collect()
}

/// One form of all spellings that a reader would call the same: full and half width, either wave dash and minus of Japanese
/// code pages.
pub(super) fn loose(name: &str) -> String {
    normal(&name.trim().replace('\u{301c}', "~").replace('\u{2212}', "-").nfkc().collect::<String>())
}

/// The normal forms that a name stands for if it was written by today's programs: as is and without escapes.
pub(super) fn plain_forms(name: &OsStr) -> Vec<String> {
    let mut forms = Vec::new();
    let mut add = |text: &str| {
        let form = normal(text);
        if !forms.contains(&form) {
            forms.push(form);
        }
    };
    match name.to_str() {
        Some(text) => {
            add(text);
            add(&percent_decode(text));
            // Shift-JIS behind percent escapes, and names that `unzip` couldn't write.
            if text.contains('%')
                && let Some(japanese) = decode(&percent_decode_bytes(text), SHIFT_JIS)
            {
                add(&japanese);
            }
            if let Some(decoded) = hash_decode(text) {
                add(&decoded);
            }
        }
        None => WRITTEN.iter().filter_map(|page| page.decode(name.as_encoded_bytes())).for_each(|text| add(&text)),
    }
    forms
}

/// The normal forms that a name stands for if it was read in a code page other than it was written in.
pub(super) fn garbled_forms(name: &str) -> Vec<String> {
    let name: String = name.trim().nfc().collect();
    let mut forms = Vec::new();
    if name.is_ascii() {
        return forms;
    }
    for bytes in READ.iter().filter_map(|page| page.encode(&name)) {
        for text in WRITTEN.iter().filter_map(|page| page.decode(&bytes)) {
            let form = normal(&text);
            if text != name && !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

/// How bytes become letters.
enum CodePage {
    Utf8,
    /// Each byte is the letter of its number.
    Latin1,
    /// ASCII and 128 letters.
    Dos(&'static str),
    Other(&'static Encoding),
}

/// What names are written in, by how often figures' are.
const WRITTEN: [CodePage; 9] = [
    CodePage::Utf8,
    CodePage::Other(SHIFT_JIS),
    CodePage::Other(GBK),
    CodePage::Other(BIG5),
    CodePage::Other(EUC_KR),
    CodePage::Other(WINDOWS_1252),
    CodePage::Other(WINDOWS_1251),
    CodePage::Dos(CP437),
    CodePage::Dos(CP850),
];

/// What programs take names for.
const READ: [CodePage; 10] = [
    CodePage::Dos(CP437),
    CodePage::Dos(CP850),
    CodePage::Latin1,
    CodePage::Other(WINDOWS_1252),
    CodePage::Other(SHIFT_JIS),
    CodePage::Other(GBK),
    CodePage::Other(BIG5),
    CodePage::Other(EUC_KR),
    CodePage::Other(WINDOWS_1251),
    CodePage::Other(IBM866),
];

/// The upper half of IBM's code page 437, which ZIP archives name when they name none.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
                     αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// The upper half of code page 850, what `unzip` takes DOS's names for.
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
                     ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl CodePage {
    /// The bytes that this page reads as `text`.
    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Self::Dos(upper) => text
                .chars()
                .map(|c| match u8::try_from(c) {
                    Ok(ascii) if ascii.is_ascii() => Some(ascii),
                    _ => upper.chars().position(|letter| letter == c).map(|i| 128 + i as u8),
                })
                .collect(),
            Self::Other(encoding) => {
                let (bytes, _, unmappable) = encoding.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }

    /// What `bytes` say in this page.
    fn decode(&self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Latin1 => Some(bytes.iter().map(|&b| char::from(b)).collect()),
            Self::Dos(upper) => bytes
                .iter()
                .map(|&b| if b.is_ascii() { Some(char::from(b)) } else { upper.chars().nth(usize::from(b) - 128) })
                .collect(),
            Self::Other(encoding) => decode(bytes, encoding),
        }
    }
}

fn decode(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned)
}

/// `#U8868.png` → `表.png`: how `unzip` writes what its terminal can't; `None` where there is nothing of the kind.
fn hash_decode(name: &str) -> Option<String> {
    let mut pieces = name.split("#U");
    let mut decoded = pieces.next()?.to_owned();
    let before = decoded.len();
    for piece in pieces {
        let letter = piece.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32)?;
        decoded.push(letter);
        decoded.push_str(&piece[4..]);
    }
    (decoded.len() > before).then_some(decoded)
}

/// `%41` → `A`; anything that is no escape, and all of it when the result is no UTF-8, stays as it is.
pub(super) fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    String::from_utf8(percent_decode_bytes(text)).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn percent_decode_bytes(text: &str) -> Vec<u8> {
    let raw = text.as_bytes();
    let digit = |at: usize| raw.get(at).and_then(|&b| char::from(b).to_digit(16));
    let mut bytes = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_all_systems_are_taken_apart() {
        for (reference, absolute, up, parts) in [
            ("tex\\a.png", false, 0, "tex|a.png"),
            ("./tex//a.png", false, 0, "tex|a.png"),
            ("x/../tex/a.png", false, 0, "tex|a.png"),
            ("..\\tex/a.png", false, 1, "tex|a.png"),
            ("x/../../../a.png", false, 2, "a.png"),
            ("C:\\Users\\me\\tex\\a.png", true, 0, "Users|me|tex|a.png"),
            ("c:tex\\a.png", true, 0, "tex|a.png"),
            ("/home/me/tex/a.png", true, 0, "home|me|tex|a.png"),
            ("\\\\server\\share\\a.png", true, 0, "server|share|a.png"),
            ("\\\\?\\C:\\tex\\a.png", true, 0, "tex|a.png"),
            ("file:///C:/tex/a.png", true, 0, "tex|a.png"),
            ("file:///home/me/a.png", true, 0, "home|me|a.png"),
            ("file://localhost/home/a.png", true, 0, "home|a.png"),
            ("FILE:/home/a.png", true, 0, "home|a.png"),
            ("https://example.com/tex/a.png", true, 0, "tex|a.png"),
            (" a.png\0", false, 0, "a.png"),
            ("a.png\0.tga", false, 0, "a.png"),
            ("\"tex\\a.png\"", false, 0, "tex|a.png"),
        ] {
            let expected = Reading { absolute, up, parts: parts.split('|').map(str::to_owned).collect() };
            assert_eq!(Reading::all(reference).first(), Some(&expected), "{reference}");
        }
        let escaped = Reading::all("..%5Ctex%2fa%20b.png");
        assert_eq!(escaped[1], Reading { absolute: false, up: 1, parts: vec!["tex".into(), "a b.png".into()] });
        let yen = Reading::all("tex¥a￥b.png");
        assert_eq!(yen[1], Reading { absolute: false, up: 0, parts: vec!["tex".into(), "a".into(), "b.png".into()] });
        for nothing in ["", "..", "a.png:stream", "x/", "C:"] {
            let readings = Reading::all(nothing);
            assert!(readings.iter().all(|r| r.parts == ["x"]), "{nothing}: {readings:?}");
        }
    }

    #[test]
    fn width_and_code_pages_dashes_make_no_difference() {
        assert_eq!(loose("ＦＡＣＥ１.png"), loose("face1.png"));
        assert_eq!(loose("ｶﾞﾗｽ.png"), loose("ガラス.png"));
        assert_eq!(loose("髪\u{301c}\u{2212}.png"), loose("髪～－.png"));
        assert_ne!(loose("髪1.png"), loose("髪2.png"));
    }

    #[test]
    fn names_read_in_a_wrong_code_page_are_known() {
        for (written, page, read) in [
            ("表情.png", SHIFT_JIS, CodePage::Dos(CP437)),
            ("髪.bmp", SHIFT_JIS, CodePage::Dos(CP850)),
            ("ぱんだ.png", SHIFT_JIS, CodePage::Other(GBK)),
            ("ぱんだ.png", SHIFT_JIS, CodePage::Latin1),
            ("皮肤.png", GBK, CodePage::Dos(CP437)),
            ("衣服.TGA", GBK, CodePage::Other(WINDOWS_1252)),
            ("頭髮.png", BIG5, CodePage::Dos(CP437)),
            ("피부.png", EUC_KR, CodePage::Dos(CP437)),
            ("ぱんだ.png", encoding_rs::UTF_8, CodePage::Dos(CP437)),
            ("ぱんだ.png", encoding_rs::UTF_8, CodePage::Latin1),
        ] {
            let bytes = page.encode(written).0;
            let garbled = read.decode(&bytes).unwrap();
            assert_ne!(garbled, written);
            assert!(garbled_forms(&garbled).contains(&normal(written)), "{written} as {garbled}");
        }
        assert!(garbled_forms("plain.png").is_empty());
    }

    #[test]
    fn case_composition_and_escapes_make_no_difference() {
        let forms = |name: &str| plain_forms(OsStr::new(name));
        assert_eq!(normal("Ｔｅｘ は\u{3099}.PNG "), normal("ｔｅｘ ば.png"));
        assert!(forms("%E9%AB%AA.png").contains(&"髪.png".into()));
        assert!(forms("#U8868#U60c5.PNG").contains(&"表情.png".into()));
        assert_eq!(forms("100%.png"), ["100%.png"]);
    }
}
