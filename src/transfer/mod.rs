//! Landmark transfer: draws a pose by taking each pixel's colour where the sheet shows the same landmark. Needs no
//! weights.
//!
//! A UDP says for every pixel which point of the T-posed surface it shows, in the drawings as in the wanted pose. So:
//!
//! 1. [`gather`]: each target pixel finds the drawings' pixels of the nearest landmarks on a surface that faces the same
//!    way, moves on to the exact place between pixels, and blends what it finds there by distance, by how squarely the
//!    drawing sees the surface, and by how alike it is lit;
//! 2. [`shade`]: where drawings show one point in light and in shade, their cel shading is learned and undone;
//! 3. [`fill`]: what no drawing shows is taken from the mirrored side, the nearest surface, or its surroundings;
//! 4. [`edges`] and [`contour`]: a UDP's edges are hard; antialiasing and ink lines are learned from the drawings' own.

mod contour;
mod edges;
mod facing;
mod fill;
mod gather;
mod index;
mod shade;
mod surface;

use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::{Sheet, View};
use crate::udp::Udp;
use contour::{Contour, Rim};
use facing::Facing;
use glam::{Vec3, Vec4};
use index::Index;
use rayon::prelude::*;
use shade::Shade;
use std::hash::{DefaultHasher, Hash, Hasher};
use surface::Surface;

/// A sheet made ready for drawing from it.
pub struct Transfer {
    views: Vec<Source>,
    index: Index,
    /// Ever fewer samples for ever longer ways, for what no drawing shows.
    coarse: [Index; 2],
    /// The usual step of the landmark from one pixel of the drawings to the next.
    spacing: f32,
    rim: Rim,
    shade: Option<Shade>,
}

/// One drawing.
struct Source {
    surface: Surface,
    /// In view space; zero where not known.
    normals: Vec<Vec3>,
    picture: Picture,
}

impl Source {
    fn new(view: &View) -> Option<Self> {
        let udp = view.udp.as_ref()?;
        if (udp.width_px, udp.height_px) != (view.picture.width_px, view.picture.height_px) {
            return None;
        }
        let surface = Surface::new(udp);
        let normals = Facing::new(&surface).normals(&surface);
        Some(Self { normals, surface, picture: view.picture.clone() })
    }

    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.picture.pixels.hash(&mut hasher);
        bytemuck::cast_slice::<Vec3, u8>(&self.surface.landmarks).hash(&mut hasher);
        hasher.finish()
    }

    fn premultiplied(&self, i: usize) -> Vec4 {
        let [r, g, b, a] = self.picture.pixels[i].map(|v| f32::from(v) / 255.0);
        Vec4::new(r * a, g * a, b * a, a)
    }
}

/// A drawn pose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Straight alpha, the size of the UDP.
    pub picture: Picture,
    /// Per pixel how sure the colour is: 255 seen well by a drawing, 0 filled in or empty.
    pub confidence: Vec<u8>,
}

/// Why a sheet can't be drawn from.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Drawings whose UDP is unknown, or of another size than they are.
    #[error(
        "landmark transfer needs to know the Ultra-Dense Pose of every drawing, and doesn't for {}. Put NAME.udp.npz \
         beside NAME.png (`settei detect` makes it), or give --weights to have them detected",
        .0.join(", ")
    )]
    UnknownPose(Vec<String>),
    /// The sheet's UDPs show nothing at all.
    #[error("the sheet's Ultra-Dense Poses show no surface at all: take another sheet, or make them anew")]
    NothingSeen,
    /// The user stopped it.
    #[error("stopped")]
    Cancelled,
}

/// Cells of the fine index and reach of the coarse ones, in steps from pixel to pixel.
const FINE: f32 = 3.0;
const COARSE: [f32; 2] = [12.0, 60.0];

impl Transfer {
    /// Makes a sheet ready. Takes about a tenth of a second a drawing of 512².
    ///
    /// # Errors
    /// A view without UDP, or with one of another size; UDPs that show nothing; cancelled.
    pub fn new(sheet: &Sheet, progress: &dyn Progress) -> Result<Self, TransferError> {
        progress.stage("looking at the drawings", sheet.views.len() as u64);
        let sources: Vec<Option<Source>> = sheet
            .views
            .par_iter()
            .map(|view| {
                let source = if progress.cancelled() { None } else { Source::new(view) };
                progress.advance(1);
                source
            })
            .collect();
        if progress.cancelled() {
            return Err(TransferError::Cancelled);
        }
        let unknown = sheet.views.iter().zip(&sources).filter(|(_, source)| source.is_none());
        let unknown: Vec<String> = unknown.map(|(view, _)| view.name.clone()).collect();
        if !unknown.is_empty() {
            return Err(TransferError::UnknownPose(unknown));
        }
        let mut views: Vec<Source> = sources.into_iter().flatten().collect();
        // An order of their own, so that the sheet's means nothing.
        views.sort_by_cached_key(Source::fingerprint);
        if !views.iter().any(|view| (0..view.surface.landmarks.len()).any(|i| view.surface.seen(i))) {
            return Err(TransferError::NothingSeen);
        }

        let mut spacings: Vec<f32> = views.iter().map(|view| view.surface.spacing).collect();
        spacings.sort_by(f32::total_cmp);
        let spacing = spacings[spacings.len() / 2];
        let surfaces: Vec<&Surface> = views.iter().map(|view| &view.surface).collect();
        let every = |n: usize| {
            move |surface: &Surface, i: usize| {
                let (x, y) = (i % surface.width, i / surface.width);
                x.is_multiple_of(n) && y.is_multiple_of(n) && surface.is_deep(i)
            }
        };
        let index = Index::new(&surfaces, FINE * spacing, |_, _| true);
        let coarse = [
            Index::new(&surfaces, COARSE[0] * spacing, every(2)),
            Index::new(&surfaces, COARSE[1] * spacing, every(4)),
        ];
        let mut rim = Rim::new();
        for view in &views {
            rim.learn(&view.surface, &Contour::new(&view.surface), |i| view.premultiplied(i));
        }
        let mut transfer = Self { views, index, coarse, spacing, rim, shade: None };
        transfer.shade = Shade::new(&transfer.pairs());
        Ok(transfer)
    }

    /// Draws the sheet's character in a pose.
    pub fn render(&self, udp: &Udp) -> Transferred {
        let target = Surface::new(udp);
        let normals = Facing::new(&target).normals(&target);
        let mut colours: Vec<(Vec4, f32)> = (0..target.landmarks.len())
            .into_par_iter()
            .map(|i| if target.seen(i) { self.colour(&target, normals[i], i) } else { (Vec4::ZERO, 0.0) })
            .collect();
        fill::spread(&target, &mut colours);
        self.draw_edges(&target, &mut colours);
        let mut transferred =
            Transferred { picture: Picture::new(udp.width_px, udp.height_px), confidence: vec![0; udp.pixels.len()] };
        for (i, (colour, sure)) in colours.iter().enumerate() {
            let alpha = colour.w.clamp(0.0, 1.0);
            let straight = (colour.truncate() / colour.w.max(1e-6)).clamp(Vec3::ZERO, Vec3::ONE).extend(alpha);
            transferred.picture.pixels[i] = (straight * 255.0 + 0.5).to_array().map(|v| v as u8);
            transferred.confidence[i] = (sure.clamp(0.0, 1.0) * 255.0) as u8;
        }
        transferred
    }

    /// Softens the hard edges of the UDP and draws the lines that the drawings have along theirs.
    fn draw_edges(&self, target: &Surface, colours: &mut [(Vec4, f32)]) {
        let blended: Vec<(usize, Vec4)> = (0..colours.len())
            .into_par_iter()
            .filter(|&i| target.seen(i) && !target.is_deep(i))
            .map(|i| (i, edges::blend(target, &self.rim, colours, i)))
            .collect();
        for (i, colour) in blended {
            colours[i].0 = colour;
        }
        let contour = Contour::new(target);
        let own: Vec<Vec4> = colours.iter().map(|c| c.0).collect();
        for (i, colour) in colours.iter_mut().enumerate() {
            let distance = contour.distance[i];
            let owner = if target.seen(i) { Some(i) } else { contour.nearest(i) };
            if let (true, Some(owner)) = (distance.is_finite(), owner) {
                colour.0 = own[owner] * contour.coverage(i) + self.rim.at(target.landmarks[owner], distance);
            }
        }
    }
}
