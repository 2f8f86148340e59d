//! The lines of Wavefront files: `keyword arguments`, in whatever encoding an exporter chose.

use std::borrow::Cow;

/// One statement.
pub(super) struct Statement<'a> {
    /// Number of the line on which it begins, from 1.
    pub line: usize,
    pub keyword: &'a str,
    /// The arguments, trimmed.
    pub rest: &'a str,
}

/// The text in `bytes`: UTF-16 or UTF-8 where a byte order mark says so, else UTF-8, Shift-JIS or Latin.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    let japanese = || encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .ok()
        .or_else(japanese)
        .unwrap_or_else(|| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// All statements of a text in which no line goes on behind a back-slash ([`joined`]).
pub(super) fn statements(text: &str) -> impl Iterator<Item = Statement<'_>> {
    (1..).zip(text.lines()).filter_map(|(line, content)| {
        let content = content.split_once(" #").map_or(content, |(before, _)| before).trim();
        if content.is_empty() || content.starts_with('#') {
            return None;
        }
        let (keyword, rest) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
        Some(Statement { line, keyword, rest: rest.trim() })
    })
}

/// Lines that end in a back-slash go on in the next one. Where no line feed ends any, carriage returns do, as they once did
/// on the Macintosh.
pub(super) fn joined(text: Cow<'_, str>) -> Cow<'_, str> {
    let text = if text.contains('\n') { text } else { Cow::Owned(text.replace('\r', "\n")) };
    if text.contains("\\\n") || text.contains("\\\r\n") {
        Cow::Owned(text.replace("\\\r\n", " ").replace("\\\n", " "))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_ends_as_the_same_text() {
        let text = "usemtl 髪\nf 1 2 3";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&[&b"\xfe\xff"[..], &utf16].concat()), text);
        assert_eq!(decode(&[&b"\xef\xbb\xbf"[..], text.as_bytes()].concat()), text);
        assert_eq!(decode(&encoding_rs::SHIFT_JIS.encode(text).0), text);
        assert_eq!(decode(b"newmtl Terraind\xfck"), "newmtl Terraindük");
    }

    #[test]
    fn comments_go_and_long_lines_are_joined() {
        let text = joined(Cow::Borrowed("# a\n\n  f 1 2\\\r\n 3 # b\nusemtl a#b"));
        let found: Vec<_> = statements(&text).map(|s| (s.keyword, s.rest)).collect();
        assert_eq!(found, [("f", "1 2  3"), ("usemtl", "a#b")]);
        let text = joined(Cow::Borrowed("f 1\\\r 2\rg x"));
        assert_eq!(statements(&text).map(|s| (s.keyword, s.rest)).collect::<Vec<_>>(), [("f", "1  2"), ("g", "x")]);
    }
}
