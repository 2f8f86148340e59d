//! How like a character a stand-in becomes that is dressed like its drawings.

use crate::example::params::Rgb;
use crate::example::wear::{Dye, Piece};
use crate::example::{self, CharacterParams, Detail};
use crate::pose::CameraView;
use crate::progress::Progress;
use crate::sheet::View;
use crate::standin::dress::{Care, Drawn, DressError, dress};
use std::time::{Duration, Instant};

/// Size of the drawings.
const SIZE_PX: [u32; 2] = [320, 384];

/// One character and the stand-in that was dressed like it.
#[derive(Clone, Debug)]
pub struct Dressing {
    /// The number by which the character was drawn.
    pub seed: u64,
    /// Intersection over union of both outlines from the front, in the drawing's pose, laid over it.
    pub overlap: f32,
    /// How much higher the stand-in's hair ends, in heights of the figure; `None`: one has no hair.
    pub hair_off: Option<f32>,
    /// The same of the hem; `None`: one wears no skirt.
    pub hem_off: Option<f32>,
    /// Only one of both wears a skirt, a coat or a robe.
    pub other_kind: bool,
    /// What the stand-in is made of.
    pub params: CharacterParams,
    /// How long it took.
    pub took: Duration,
}

/// Dresses a stand-in like the character of a number, drawn from the front and from behind with exact UDPs.
///
/// # Errors
/// None for characters that the generator makes; stopped.
pub fn measure(seed: u64, care: Care, progress: &dyn Progress) -> anyhow::Result<Dressing> {
    let truth = CharacterParams::random(seed);
    let draw = |yaw_deg: f32| {
        example::draw_view(example::assemble(&truth, Detail::Quick), &CameraView::new(yaw_deg, 0.0), SIZE_PX)
    };
    let views: Vec<View> = [0.0, 180.0].into_iter().map(draw).collect::<Result<_, _>>()?;
    let drawn: Vec<Drawn<'_>> = ["front", "back"]
        .into_iter()
        .zip(&views)
        .filter_map(|(name, view)| {
            let (picture, udp) = (&view.picture, view.own_udp()?);
            Some(Drawn { name, picture, udp, spread: None, view_deg: None })
        })
        .collect();
    let begun = Instant::now();
    let dressed = dress(&drawn, &CharacterParams::default(), care, progress)?;
    let took = begun.elapsed();
    let front = dressed.overlaps.iter().find(|(name, _)| name == "front");
    let overlap = front.ok_or(DressError::NoDrawing)?.1;
    let (was, is) = (ends(&truth), ends(&dressed.params));
    let off = |was: Option<f32>, is: Option<f32>| Some(is? - was?);
    Ok(Dressing {
        seed,
        overlap,
        hair_off: off(was[0], is[0]),
        hem_off: off(was[1], is[1]),
        other_kind: was[1].is_some() != is[1].is_some(),
        params: dressed.params,
        took,
    })
}

/// Where hair ends, and the lowest hem of skirts, coats and robes, in heights of the figure above its soles.
fn ends(params: &CharacterParams) -> [Option<f32>; 2] {
    use Piece::*;
    let mut params = params.clone();
    // Each piece is a cloth of its own then; the first is the underwear.
    for (i, garment) in params.wear.iter_mut().enumerate() {
        garment.dye = Dye { colour: Rgb([i as u8, 1, 2]), ..Dye::default() };
    }
    let figure = example::assemble(&params, Detail::Outline);
    let lowest = |name: &str| {
        let submesh = figure.submeshes.iter().find(|submesh| submesh.name == name)?;
        let triangles = &figure.triangles[submesh.first as usize..(submesh.first + submesh.count) as usize];
        let heights = triangles.iter().flatten().map(|&vertex| figure.vertices[vertex as usize].position.y);
        Some(heights.fold(f32::INFINITY, f32::min) / params.build.height_m)
    };
    let skirt = |piece: Piece| {
        matches!(piece, Skirt | PleatedSkirt | TieredSkirt | PencilSkirt | SlitSkirt | BallSkirt | Coat | Robe)
    };
    let worn = params.wear.iter().enumerate().filter(|(_, garment)| skirt(garment.piece));
    [lowest("hair"), worn.filter_map(|(i, _)| lowest(&format!("cloth {}", i + 2))).reduce(f32::min)]
}
