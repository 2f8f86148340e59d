//! The colours of a stand-in's pieces: those that the drawings have where it shows them.

use super::DressError;
use super::judge::{Judge, Seen, median, median_of, see};
use super::look::Look;
use crate::example::Detail;
use crate::example::params::Rgb;
use crate::raster::ToonStyle;
use glam::Vec3;
use std::collections::BTreeMap;

/// Times that colours are corrected by how they come out in the light of a picture.
const CORRECTIONS: usize = 2;
/// A piece that fewer pixels show keeps the colour it has.
const LEAST_PX: usize = 3;

/// Dyes all pieces as the drawings have them.
pub(super) fn dye(judge: &Judge, look: &mut Look) -> Result<(), DressError> {
    let subject = judge.subject(&look.told_apart(), Detail::Outline)?;
    let mut wanted: BTreeMap<String, (Vec3, usize)> = BTreeMap::new();
    let mut tips = None;
    let nudges = look.nudges;
    for (target, nudge) in judge.targets.iter().zip(&nudges) {
        let seen = see(&subject, target, nudge)?;
        for (name, pixels) in pieces(&seen, &target.inside) {
            if name == "hair" {
                let [_, low] = ends(&pixels, target.size_px[0] as usize);
                tips = tips.or((low.len() >= LEAST_PX).then(|| median(target, &low)));
            }
            let colour = median(target, &pixels);
            let known = wanted.entry(name).or_insert((Vec3::ZERO, 0));
            known.0 += colour * pixels.len() as f32;
            known.1 += pixels.len();
        }
    }
    wanted.values_mut().for_each(|(sum, count)| *sum /= (*count).max(1) as f32);
    let colour_of = |name: &str| wanted.get(name).filter(|(_, count)| *count >= LEAST_PX).map(|(colour, _)| *colour);
    let mut given: BTreeMap<String, Vec3> = wanted.iter().map(|(name, (colour, _))| (name.clone(), *colour)).collect();
    for round in 0..=CORRECTIONS {
        put_on(look, &given, tips);
        if round == CORRECTIONS {
            break;
        }
        let drawn = judge.subject(&look.dressed(), Detail::Quick)?;
        let mut shown: BTreeMap<String, Vec<Vec3>> = BTreeMap::new();
        for (target, nudge) in judge.targets.iter().zip(&nudges) {
            let (plain, seen) = (see(&subject, target, nudge)?, see(&drawn, target, nudge)?);
            let picture = seen.shot.toon(target.size_px, &ToonStyle::default())?;
            for (name, pixels) in pieces(&plain, &target.inside) {
                let colours = pixels.iter().map(|&i| {
                    let [r, g, b, _] = picture.pixels[i].map(|c| f32::from(c) / 255.0);
                    Vec3::new(r, g, b)
                });
                shown.entry(name).or_default().extend(colours);
            }
        }
        for (name, colours) in shown {
            let (Some(to), Some(now)) = (colour_of(&name), given.get_mut(&name)) else { continue };
            let comes_out = median_of(colours.iter().copied());
            *now = (*now * (to + 0.05) / (comes_out + 0.05)).clamp(Vec3::ZERO, Vec3::ONE);
        }
    }
    Ok(())
}

/// The pixels of each surface that lie inside of the drawing, by the surface's name.
fn pieces(seen: &Seen, inside: &[bool]) -> BTreeMap<String, Vec<usize>> {
    let submeshes = &seen.shot.stance().figure().submeshes;
    let mut pieces: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, id) in seen.ids.pixels.iter().enumerate() {
        if let Some(id) = id.filter(|_| inside[i]) {
            pieces.entry(submeshes[id.submesh as usize].name.clone()).or_default().push(i);
        }
    }
    pieces
}

/// The upper and the lower fifth of some pixels.
fn ends(pixels: &[usize], width: usize) -> [Vec<usize>; 2] {
    let (Some(first), Some(last)) = (pixels.first(), pixels.last()) else { return Default::default() };
    let (top, bottom) = (first / width, last / width);
    let fifth = (bottom - top) / 5;
    let rows = |from: usize, to: usize| pixels.iter().copied().filter(|i| (from..=to).contains(&(i / width))).collect();
    [rows(top, top + fifth), rows(bottom - fifth, bottom)]
}

fn put_on(look: &mut Look, given: &BTreeMap<String, Vec3>, tips: Option<Vec3>) {
    let colour = |name: &str| given.get(name).map(|colour| rgb(*colour));
    if let Some(skin) = colour("face").or(colour("skin")) {
        look.params.skin = skin;
    }
    if let Some(hair) = colour("hair") {
        look.params.hair.colour = hair;
        look.params.hair.tips = tips.map_or(hair, rgb);
    }
    if let Some(iris) = colour("iris") {
        look.params.eyes.colour = iris.mix(Rgb([0; 3]), 0.25);
        look.params.eyes.glow = iris.mix(Rgb([255; 3]), 0.35);
    }
    for (i, ink) in look.inks().enumerate() {
        // The underwear is the first cloth.
        *ink = colour(&format!("cloth {}", i + 2)).unwrap_or(*ink);
    }
    for thing in look.things.iter_mut().flatten() {
        thing.second = thing.colour.mix(Rgb([255; 3]), 0.3);
    }
    look.worn.iter_mut().flatten().for_each(|garment| garment.dye.second = garment.dye.colour);
}

fn rgb(colour: Vec3) -> Rgb {
    Rgb((colour.clamp(Vec3::ZERO, Vec3::ONE) * 255.0).to_array().map(|c| c.round() as u8))
}
