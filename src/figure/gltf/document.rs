//! The outer layer of a glTF file: GLB chunks, JSON, required extensions, buffers.

use super::{lenient, materials};
use crate::figure::FigureError;
use crate::figure::resources::Folder;
use gltf::json;
use std::borrow::Cow;
use std::path::Path;

/// More objects than this in a file's JSON, and it is no figure but an attack on memory.
const MAX_JSON_OBJECTS: usize = 1_000_000;

/// Extensions that a file may require: what they change is either read or of no matter to a figure's drawing.
const UNDERSTOOD: &[&str] = &[
    "VRM",
    "VRMC_vrm",
    "VRMC_vrm_animation",
    "VRMC_springBone",
    "VRMC_springBone_extended_collider",
    "VRMC_springBone_limit",
    "VRMC_node_constraint",
    "KHR_animation_pointer",
    "KHR_interactivity",
    "KHR_node_hoverability",
    "KHR_node_selectability",
    "KHR_node_visibility",
    "KHR_texture_transform",
    "KHR_mesh_quantization",
    "KHR_lights_punctual",
    "KHR_xmp",
    "KHR_xmp_json_ld",
    "EXT_lights_ies",
    "EXT_lights_image_based",
    "EXT_texture_webp",
    "GODOT_single_root",
    "MSFT_lod",
    "MSFT_texture_dds",
];

/// A parsed file with all its binary data, before anything in it is believed.
pub(in crate::figure) struct Document<'a> {
    pub(in crate::figure) path: &'a Path,
    pub(in crate::figure) root: json::Root,
    pub(in crate::figure) folder: Folder,
    /// The data of each buffer, or why there is none: a file may list buffers that no figure needs.
    buffers: Vec<Result<Cow<'a, [u8]>, Missing>>,
    /// Size of the file and all its buffers: what it may allocate is measured by it.
    pub(in crate::figure) bytes: usize,
}

/// Why a buffer has no data.
enum Missing {
    /// Its file isn't there.
    File(String),
    /// The figure's file is at fault.
    Damaged(String),
}

impl<'a> Document<'a> {
    /// Parses a `.glb`/`.vrm` or `.gltf` file's bytes and loads its buffers from `folder`.
    pub(in crate::figure) fn parse(path: &'a Path, bytes: &'a [u8], folder: Folder) -> Result<Self, FigureError> {
        Self::parse_with(path, bytes, folder, lenient::mended)
    }

    /// The same for who wants its motions.
    pub(super) fn parse_moving(path: &'a Path, bytes: &'a [u8], folder: Folder) -> Result<Self, FigureError> {
        Self::parse_with(path, bytes, folder, lenient::mended_moving)
    }

    fn parse_with(
        path: &'a Path,
        bytes: &'a [u8],
        folder: Folder,
        mended: fn(&[u8]) -> Option<json::Root>,
    ) -> Result<Self, FigureError> {
        let mut document = Self { path, root: json::Root::default(), folder, buffers: Vec::new(), bytes: bytes.len() };
        let (text, binary) = if bytes.starts_with(b"glTF") { document.chunks(bytes)? } else { (bytes, None) };
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        // Chunks should be padded with blanks, and some exporters take zeros.
        let text = text.trim_ascii_end();
        let text = &text[..text.len() - text.iter().rev().take_while(|&&b| b == 0).count()];
        if text.iter().filter(|&&b| b == b'{').count() > MAX_JSON_OBJECTS {
            return Err(document.unsupported("its JSON has more than a million objects, which no figure needs"));
        }
        document.root = json::Root::from_slice(text)
            .or_else(|error| mended(text).ok_or(error))
            .map_err(|e| document.damaged(schema_error(&e)))?;
        document.check_version()?;
        document.check_extensions()?;
        document.load_buffers(binary);
        Ok(document)
    }

    /// The bytes contradict the format.
    pub(in crate::figure) fn damaged(&self, what: impl Into<String>) -> FigureError {
        FigureError::Damaged { path: self.path.to_owned(), what: what.into() }
    }

    /// A sound file that needs what Settei lacks.
    pub(in crate::figure) fn unsupported(&self, what: impl Into<String>) -> FigureError {
        FigureError::Unsupported { path: self.path.to_owned(), what: what.into() }
    }

    /// The element of `list` that `index` means; `what` names the list in the message.
    pub(in crate::figure) fn get<'l, T>(&self, list: &'l [T], index: usize, what: &str) -> Result<&'l T, FigureError> {
        list.get(index).ok_or_else(|| self.damaged(format!("it refers to {what} {index}, which it doesn't have")))
    }

    /// The bytes of a buffer view and the stride it asks for.
    pub(super) fn view(&self, index: json::Index<json::buffer::View>) -> Result<(&[u8], Option<usize>), FigureError> {
        let view = self.get(&self.root.buffer_views, index.value(), "buffer view")?;
        let buffer = match self.get(&self.buffers, view.buffer.value(), "buffer")? {
            Ok(buffer) => buffer,
            Err(Missing::File(what)) => return Err(self.unsupported(what)),
            Err(Missing::Damaged(what)) => return Err(self.damaged(what)),
        };
        let start = view.byte_offset.unwrap_or_default().0;
        let bytes = start
            .checked_add(view.byte_length.0)
            .and_then(|end| buffer.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?))
            .ok_or_else(|| {
                self.damaged(format!(
                    "buffer view {index} wants {} bytes from byte {start} on, but buffer {} has only {}",
                    view.byte_length.0,
                    view.buffer,
                    buffer.len()
                ))
            })?;
        Ok((bytes, view.byte_stride.map(|s| s.0)))
    }

    /// The JSON and BIN chunks of a GLB file
    /// (<https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#binary-gltf-layout>).
    fn chunks(&self, bytes: &'a [u8]) -> Result<(&'a [u8], Option<&'a [u8]>), FigureError> {
        let word = |at: usize| {
            let bytes = bytes.get(at..at.checked_add(4)?)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        let cut = || self.damaged("it ends in the middle");
        let (version, length) = (word(4).ok_or_else(cut)?, word(8).ok_or_else(cut)? as usize);
        if version != 2 {
            return Err(self.unsupported(format!("it is binary glTF {version}, and Settei reads glTF 2")));
        }
        if length > bytes.len() {
            return Err(self.damaged(format!("it should have {length} bytes, but has only {}", bytes.len())));
        }
        let (mut text, mut binary) = (None, None);
        let mut at = 12;
        while at < length {
            let (size, kind) = (word(at).ok_or_else(cut)? as usize, word(at + 4).ok_or_else(cut)?);
            let chunk = bytes[..length].get(at + 8..).and_then(|rest| rest.get(..size)).ok_or_else(cut)?;
            match &kind.to_le_bytes() {
                b"JSON" if text.is_none() => text = Some(chunk),
                b"BIN\0" if binary.is_none() => binary = Some(chunk),
                _ => {}
            }
            at += 8 + size;
        }
        Ok((text.ok_or_else(|| self.damaged("it has no JSON part"))?, binary))
    }

    fn check_version(&self) -> Result<(), FigureError> {
        let asset = &self.root.asset;
        let needed = asset.min_version.as_ref().unwrap_or(&asset.version);
        if needed == "2" || needed.starts_with("2.") {
            Ok(())
        } else {
            Err(self.unsupported(format!("it is glTF {needed}, and Settei reads glTF 2.0; export it as that")))
        }
    }

    fn check_extensions(&self) -> Result<(), FigureError> {
        for name in &self.root.extensions_required {
            let remedy = match name.as_str() {
                "KHR_draco_mesh_compression" => "its meshes are Draco-compressed; export it without compression",
                "EXT_meshopt_compression" | "KHR_meshopt_compression" => {
                    "its data is meshopt-compressed; export it without compression"
                }
                "KHR_texture_basisu" => "its textures are KTX2/Basis; export it with PNG or JPEG textures",
                "EXT_texture_avif" => "its textures are AVIF; export it with PNG or JPEG textures",
                known if UNDERSTOOD.contains(&known) || materials::understood(known) => continue,
                surface if surface.contains("_materials_") => {
                    "its surfaces are described in a way Settei doesn't draw; export it with plain glTF materials"
                }
                _ => "Settei doesn't know that extension; export it without",
            };
            return Err(self.unsupported(format!("it requires {name}: {remedy}")));
        }
        Ok(())
    }

    fn load_buffers(&mut self, binary: Option<&'a [u8]>) {
        let buffers: Vec<_> = (0..self.root.buffers.len()).map(|i| self.load_buffer(i, binary)).collect();
        let read = buffers.iter().filter_map(|buffer| match buffer {
            Ok(Cow::Owned(bytes)) => Some(bytes.len()),
            _ => None,
        });
        self.bytes += read.sum::<usize>();
        self.buffers = buffers;
    }

    fn load_buffer(&self, index: usize, binary: Option<&'a [u8]>) -> Result<Cow<'a, [u8]>, Missing> {
        let buffer = &self.root.buffers[index];
        let bytes = match (&buffer.uri, binary) {
            (Some(uri), _) => Cow::Owned(
                self.resource(uri)
                    .map_err(|what| Missing::File(format!("its data file {what}; put it back beside the figure")))?,
            ),
            (None, Some(binary)) if index == 0 => Cow::Borrowed(binary),
            (None, _) => {
                return Err(Missing::Damaged(format!("buffer {index} has no data{}", self.compression_hint())));
            }
        };
        let length = usize::try_from(buffer.byte_length.0).unwrap_or(usize::MAX);
        if bytes.len() < length {
            let file = match &buffer.uri {
                Some(uri) if !uri.starts_with("data:") => uri,
                _ => "it",
            };
            let there = bytes.len();
            return Err(Missing::Damaged(format!(
                "buffer {index} should have {length} bytes, but {file} has only {there}"
            )));
        }
        Ok(bytes)
    }

    /// What a `uri` stands for: embedded base64 or a file in the figure's folder. The error is a phrase after a noun.
    pub(super) fn resource(&self, uri: &str) -> Result<Vec<u8>, String> {
        match uri.strip_prefix("data:") {
            Some(data) => {
                let (_, text) = data.split_once(";base64,").ok_or("is embedded in a way other than base64")?;
                base64(text).ok_or_else(|| "is embedded as damaged base64".into())
            }
            None => self.folder.read(uri),
        }
    }

    /// Which compression a file uses without requiring it, if it does: the likely reason for data that isn't there.
    pub(super) fn compression_hint(&self) -> String {
        match self.root.extensions_used.iter().find(|e| e.contains("draco") || e.contains("meshopt")) {
            Some(name) => format!(" (it uses {name}, which Settei can't unpack)"),
            None => String::new(),
        }
    }
}

/// Serde's message, in the words of someone who has to fix a file.
fn schema_error(error: &json::Error) -> String {
    if error.is_eof() {
        "its JSON ends in the middle".into()
    } else if error.is_syntax() {
        format!("its JSON has a mistake: {error}")
    } else {
        format!("its JSON isn't as glTF 2.0 has it: {error}")
    }
}

/// RFC 4648 base64, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for &letter in group {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * (4 - group.len());
        let whole = match group.len() {
            4 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        bytes.extend_from_slice(&bits.to_be_bytes()[1..=whole]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_the_rfc() {
        for (text, plain) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Pz8/", "???")]
        {
            assert_eq!(base64(text).as_deref(), Some(plain.as_bytes()), "{text}");
        }
        for wrong in ["Z", "Zm9vY", "Zm 9", "Zm9-"] {
            assert_eq!(base64(wrong), None, "{wrong}");
        }
    }
}
