//! The bytes of a VMD file. The format was never published; this is how MMD's files look, and those of other programs.

use super::document::{
    BoneKey, CameraKey, Key, LightKey, MorphKey, Name, PropertyKey, ShadowKey, Track, Vmd, in_order,
};
use super::{Curve, PHYSICS_OFF, SIGNATURE};
use crate::figure::pmx::cursor::Cursor;
use glam::{Quat, Vec3};
use std::collections::HashMap;

/// Length of the signature, with the zeros behind it.
const SIGNATURE_BYTES: usize = 30;
/// The signature of the first version, whose models' names are shorter.
const OLD: &[u8] = b"Vocaloid Motion Data file";
/// Lengths of a record of each section, in the file's order; of a property's, the least.
const RECORDS: [usize; 6] = [111, 23, 61, 28, 9, 9];
/// Different bones or morphs that a file may name.
const MOST_TRACKS: usize = 10_000;
/// A place farther out than this (MMD's units) is a damaged number rather than a place.
const FARTHEST: f32 = 1e7;

/// Reads a file; with what a user should know about it. The error says what is wrong, lower case, no full stop.
pub(super) fn read(bytes: &[u8]) -> Result<(Vmd, Vec<String>), String> {
    if !bytes.starts_with(SIGNATURE) {
        return Err("it doesn't begin with `Vocaloid Motion Data`, so it is no MMD motion".into());
    }
    let mut reader = Reader { cursor: Cursor::new(bytes), dropped: 0, turnless: 0 };
    reader.cursor.take(SIGNATURE_BYTES)?;
    let name_bytes = if bytes.starts_with(OLD) { 10 } else { 20 };
    let mut vmd = Vmd { model: Name::of_field(reader.cursor.take(name_bytes)?), ..Vmd::default() };
    let mut sections = 0;
    vmd.bones = tracks(&mut reader, Section::new(0, "bone keys"), Reader::bone)?;
    // Older programs end a file after any of the sections that follow.
    while reader.cursor.remaining() > 0 && sections < 5 {
        sections += 1;
        match sections {
            1 => vmd.morphs = tracks(&mut reader, Section::new(1, "morph keys"), Reader::morph)?,
            2 => vmd.camera = list(&mut reader, Section::new(2, "camera keys"), Reader::camera)?,
            3 => vmd.light = list(&mut reader, Section::new(3, "light keys"), Reader::light)?,
            4 => vmd.shadow = list(&mut reader, Section::new(4, "shadow keys"), Reader::shadow)?,
            _ => vmd.properties = list(&mut reader, Section::new(5, "property keys"), Reader::property)?,
        }
    }
    Ok((vmd, reader.warnings()))
}

/// One of the lists that make a file.
#[derive(Clone, Copy)]
struct Section {
    record_bytes: usize,
    what: &'static str,
}

impl Section {
    fn new(index: usize, what: &'static str) -> Self {
        Self { record_bytes: RECORDS[index], what }
    }
}

/// What stands at a place in the file; `None` where a key's numbers are none.
type Read<'a, T> = fn(&mut Reader<'a>) -> Result<Option<T>, String>;

fn list<'a, K: Key>(reader: &mut Reader<'a>, section: Section, read: Read<'a, K>) -> Result<Vec<K>, String> {
    let count = reader.count(section)?;
    let mut keys = Vec::with_capacity(count);
    for _ in 0..count {
        match read(reader)? {
            Some(key) => keys.push(key),
            None => reader.dropped += 1,
        }
    }
    in_order(&mut keys);
    Ok(keys)
}

fn tracks<'a, K: Key>(
    reader: &mut Reader<'a>,
    section: Section,
    read: Read<'a, (&'a [u8], K)>,
) -> Result<Vec<Track<K>>, String> {
    let count = reader.count(section)?;
    let mut tracks: Vec<Track<K>> = Vec::new();
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    for _ in 0..count {
        let Some((field, key)) = read(reader)? else {
            reader.dropped += 1;
            continue;
        };
        let name = field.split(|&byte| byte == 0).next().unwrap_or_default();
        let track = *known.entry(name).or_insert(tracks.len());
        if track == tracks.len() {
            if track == MOST_TRACKS {
                return Err(format!(
                    "its {} are of more than {MOST_TRACKS} names, and no model has so many",
                    section.what
                ));
            }
            tracks.push(Track { name: Name::of_field(name), keys: Vec::with_capacity(1) });
        }
        tracks[track].keys.push(key);
    }
    for track in &mut tracks {
        in_order(&mut track.keys);
        track.keys.shrink_to_fit();
    }
    Ok(tracks)
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    /// Keys whose numbers are none.
    dropped: usize,
    /// Keys whose turn is none.
    turnless: usize,
}

impl<'a> Reader<'a> {
    /// A number that may be none: a key of such is left out whole.
    fn f32(&mut self) -> Result<f32, String> {
        Ok(f32::from_le_bytes(self.cursor.array()?))
    }

    fn vec3(&mut self) -> Result<Vec3, String> {
        Ok(Vec3::new(self.f32()?, self.f32()?, self.f32()?))
    }

    /// How many records follow. Where none do, some programs write an empty one all the same.
    fn count(&mut self, Section { record_bytes, what }: Section) -> Result<usize, String> {
        let count = self.cursor.u32()?;
        let count = self.cursor.check_count(count.into(), what, record_bytes)?;
        if count == 0 && self.cursor.remaining() == record_bytes {
            self.cursor.take(record_bytes)?;
        }
        Ok(count)
    }

    fn bone(&mut self) -> Result<Option<(&'a [u8], BoneKey)>, String> {
        let (name, frame, shift) = (self.cursor.take(15)?, self.cursor.u32()?, self.vec3()?);
        let turn = Quat::from_xyzw(self.f32()?, self.f32()?, self.f32()?, self.f32()?);
        let (curves, physics) = curves(&self.cursor.array()?);
        if !is_place(shift) || !turn.is_finite() {
            return Ok(None);
        }
        let length = turn.length();
        let turns = length.is_finite() && length > 1e-6;
        self.turnless += usize::from(!turns);
        let turn = if turns { turn } else { Quat::IDENTITY };
        Ok(Some((name, BoneKey { frame, shift, turn, curves, physics })))
    }

    fn morph(&mut self) -> Result<Option<(&'a [u8], MorphKey)>, String> {
        let (name, frame, weight) = (self.cursor.take(15)?, self.cursor.u32()?, self.f32()?);
        Ok((weight.abs() <= FARTHEST).then_some((name, MorphKey { frame, weight })))
    }

    fn camera(&mut self) -> Result<Option<CameraKey>, String> {
        let (frame, distance, target, angles) = (self.cursor.u32()?, self.f32()?, self.vec3()?, self.vec3()?);
        let numbers: [u8; 24] = self.cursor.array()?;
        let curve = |channel: usize| {
            let [x1, x2, y1, y2] = [0, 1, 2, 3].map(|i| numbers[4 * channel + i].min(Curve::MOST));
            Curve { first: [x1, y1], second: [x2, y2] }
        };
        let curves = [0, 1, 2, 3, 4, 5].map(curve);
        let (fov_deg, perspective) = (self.cursor.u32()?, self.cursor.u8()? == 0);
        let sound = is_place(target) && is_place(angles) && distance.abs() <= FARTHEST;
        Ok(sound.then_some(CameraKey { frame, distance, target, angles, curves, fov_deg, perspective }))
    }

    fn light(&mut self) -> Result<Option<LightKey>, String> {
        let (frame, colour, direction) = (self.cursor.u32()?, self.vec3()?, self.vec3()?);
        Ok((is_place(colour) && is_place(direction)).then_some(LightKey { frame, colour, direction }))
    }

    fn shadow(&mut self) -> Result<Option<ShadowKey>, String> {
        let (frame, mode, distance) = (self.cursor.u32()?, self.cursor.u8()?, self.f32()?);
        Ok((distance.abs() <= FARTHEST).then_some(ShadowKey { frame, mode, distance }))
    }

    fn property(&mut self) -> Result<Option<PropertyKey>, String> {
        let (frame, visible) = (self.cursor.u32()?, self.cursor.u8()? != 0);
        let count = self.cursor.u32()?;
        let count = self.cursor.check_count(count.into(), "IK switches", 21)?;
        let mut ik = Vec::with_capacity(count);
        for _ in 0..count {
            ik.push((Name::of_field(self.cursor.take(20)?), self.cursor.u8()? != 0));
        }
        Ok(Some(PropertyKey { frame, visible, ik }))
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.dropped > 0 {
            warnings.push(format!("{} of its keys were left out: their numbers are none", self.dropped));
        }
        if self.turnless > 0 {
            warnings.push(format!("{} of its keys hold no turn and count as not turned", self.turnless));
        }
        if self.cursor.remaining() > 0 {
            warnings
                .push(format!("{} bytes at its end belong to nothing and were passed over", self.cursor.remaining()));
        }
        warnings
    }
}

fn is_place(place: Vec3) -> bool {
    place.to_array().iter().all(|v| v.abs() <= FARTHEST)
}

/// The curves of a bone's key, and whether its bodies obey physics.
///
/// There are four rows of sixteen bytes, each the one before moved left by one. The first says of the channels X, Y, Z and
/// turn the time of the first point, then its progress, then the same of the second point; but its third and fourth bytes
/// were given to the physics switch later. So each channel is read from the row where it stands first.
fn curves(bytes: &[u8; 64]) -> ([Curve; 4], bool) {
    let physics = bytes[2..4] != PHYSICS_OFF;
    // Some programs write the first row alone.
    let first_only = bytes[16..].iter().all(|&byte| byte == 0);
    let curve = |channel: usize| {
        let at = |i: usize| {
            let byte = if first_only { bytes[channel + 4 * i] } else { bytes[16 * channel + 4 * i] };
            let overwritten = first_only && !physics && channel >= 2 && i == 0;
            if overwritten { Curve::LINEAR.first[0] } else { byte.min(Curve::MOST) }
        };
        Curve { first: [at(0), at(1)], second: [at(2), at(3)] }
    };
    ([0, 1, 2, 3].map(curve), physics)
}
