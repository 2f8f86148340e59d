//! Landmark transfer: draws a pose by taking each pixel's colour where the sheet shows the same landmark. Needs no weights.
//!
//! ```text
//! Sheet ── new ──▶ Transfer      index of all pixels by landmark; the drawings' light and shade; their outlines
//! Udp ── render ──▶ Transferred  per pixel: its place in every view, look_up, blend; fill what none has seen; draw the edges
//! ```
//!
//! Landmarks are places on the T-posed surface, so their differences from pixel to pixel are its tangents: they tell at
//! which resolution and from which side a drawing sees a point (`surface`) and how each part is turned (`facing`). Which
//! material a landmark is of, in the drawings as in the target, tells the figure, where there is one (`parts`).

mod cells;
mod coherent;
mod confidence;
mod contour;
mod draft;
mod drawing;
mod edges;
mod facing;
mod fill;
mod index;
mod lookup;
mod palette;
mod parts;
mod rim;
mod shade;
mod surface;

pub use confidence::confidences;
pub use draft::Proposal;
pub use parts::Parts;

use crate::picture::Picture;
use crate::progress::{Progress, Silent};
use crate::sheet::{Shares, Sheet, View};
use crate::udp::Udp;
use coherent::Places;
use draft::{Colour, Draft};
use drawing::{Drawing, of_parts};
use glam::Vec4;
use index::{Index, Sample};
use lookup::Wanted;
use palette::Palette;
use rayon::prelude::*;
use rim::Rim;
use shade::{Pair, Shade};
use std::sync::Arc;
use surface::{DEEP, Surface};

/// A sheet made ready for drawing from it.
pub struct Transfer {
    drawings: Vec<Drawing>,
    parts: Option<Arc<Parts>>,
    /// How many drawings the sheet has; of those that show nothing there is no [`Drawing`].
    views: usize,
    index: Index,
    /// Ever larger cells, for what isn't found in `index`; with their sizes. The last finds something for everything.
    coarse: [(Index, f32); 4],
    /// The drawings' usual distance of landmarks of neighbouring pixels.
    spacing: f32,
    rim: Rim,
    shade: Option<(Shade, Palette)>,
}

/// What a colour weighs that was carried to a place from elsewhere, beside what little was found there.
const FILLED: f32 = 0.01;

/// Rows of a pose that are drawn at once, each band by one thread.
const BAND_ROWS: usize = 16;

/// A drawing and what it shows.
#[derive(Clone, Copy)]
pub struct Drawn<'a> {
    /// Straight alpha.
    pub picture: &'a Picture,
    /// Of the same size.
    pub udp: &'a Udp,
    /// Per pixel how sure the UDP is there, where it was found and not made: 255 is as good as any, 0 as good as nothing.
    /// Landmarks that were found count as off by the usual error of finding, those without this as exact.
    pub confidence: Option<&'a [u8]>,
}

/// A drawn pose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Straight alpha, the size of the UDP.
    pub picture: Picture,
    /// Per pixel how sure its colour is: 255 where drawings show the point well, towards 0 where it was made up from
    /// its surroundings; 0 outside the figure.
    pub confidence: Vec<u8>,
}

/// Why a sheet can't be drawn from.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Drawings whose UDP is unknown, or of another size than they are.
    #[error(
        "landmark transfer needs to know the Ultra-Dense Pose of every drawing, and doesn't for {}. Trace it in the \
         window (the drawing's menu, Trace), put NAME.udp.npz beside NAME.png (`settei detect` makes it), or give \
         --weights to have them detected",
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

impl Transfer {
    /// Prepares a sheet whose views' UDPs are all known. Takes about a tenth of a second a drawing of 512².
    ///
    /// # Errors
    /// A view without UDP, or with one of another size; UDPs that show nothing; cancelled.
    pub fn new(sheet: &Sheet, progress: &dyn Progress) -> Result<Self, TransferError> {
        let fits =
            |view: &View, udp: &Udp| (udp.width_px, udp.height_px) == (view.picture.width_px, view.picture.height_px);
        let (known, unknown): (Vec<&View>, Vec<&View>) =
            sheet.views.iter().partition(|view| view.udp.as_ref().is_some_and(|udp| fits(view, udp)));
        if !unknown.is_empty() {
            return Err(TransferError::UnknownPose(unknown.iter().map(|view| view.name.clone()).collect()));
        }
        let drawn = known
            .iter()
            .filter_map(|view| Some(Drawn { picture: &view.picture, udp: view.udp.as_ref()?, confidence: None }));
        let drawings: Vec<_> = drawn.collect();
        Self::of(&drawings, None, progress)
    }

    /// As [`Transfer::new`], of drawings and their UDPs that lie elsewhere, each two of one size. `parts` are those of the
    /// figure whose UDPs will be drawn: without them, what is near in landmark space is taken for one thing.
    ///
    /// # Errors
    /// UDPs that show nothing; cancelled.
    pub fn of(views: &[Drawn<'_>], parts: Option<Arc<Parts>>, progress: &dyn Progress) -> Result<Self, TransferError> {
        progress.stage("looking at the drawings", views.len() as u64);
        let mut drawings: Vec<Drawing> = views
            .par_iter()
            .enumerate()
            .filter(|_| !progress.cancelled())
            .filter_map(|(place, drawn)| {
                let drawing = Drawing::new(place, drawn, parts.as_deref());
                progress.advance(1);
                drawing
            })
            .collect();
        if progress.cancelled() {
            return Err(TransferError::Cancelled);
        }
        // An order of their own, so that the sheet's means nothing.
        drawings.sort_by_cached_key(Drawing::fingerprint);
        let mut spacings: Vec<f32> = drawings.iter().map(|d| d.surface.spacing).collect();
        spacings.sort_by(f32::total_cmp);
        let spacing = *spacings.get(spacings.len() / 2).ok_or(TransferError::NothingSeen)?;
        let coarse = [(12.0 * spacing, 3, DEEP), (60.0 * spacing, 8, DEEP), (0.25, 16, DEEP), (1.0, 1, 0)];
        let coarse = coarse.map(|(cell, every, depth)| {
            let keep = |s: &Surface, i: usize| {
                s.depth[i] >= depth && (i % s.width).is_multiple_of(every) && (i / s.width).is_multiple_of(every)
            };
            (Index::new(drawings.iter().map(|d| (&d.surface, &*d.parts)), cell, keep), cell)
        });
        let index = Index::new(drawings.iter().map(|d| (&d.surface, &*d.parts)), 3.0 * spacing, |_, _| true);
        let mut rim = Rim::new();
        for drawing in &drawings {
            rim.learn(&drawing.surface, &drawing.parts, |i| drawing.premultiplied(i));
        }
        let mut transfer = Self { drawings, parts, views: views.len(), index, coarse, spacing, rim, shade: None };
        transfer.shade = Shade::new(&transfer.pairs(), transfer.may_be_off()).map(|shade| (shade, transfer.palette()));
        Ok(transfer)
    }

    /// Draws a pose.
    pub fn render(&self, udp: &Udp) -> Transferred {
        self.draw(udp, None, &Silent).picture(udp)
    }

    /// As [`Transfer::render`], and can be stopped.
    ///
    /// # Errors
    /// Cancelled.
    pub fn render_unless_stopped(&self, udp: &Udp, progress: &dyn Progress) -> Result<Transferred, TransferError> {
        let draft = self.draw(udp, None, progress);
        if progress.cancelled() { Err(TransferError::Cancelled) } else { Ok(draft.picture(udp)) }
    }

    /// What there is to say about each pixel of a pose, for who makes a picture of it; and which drawing contributed where.
    ///
    /// # Errors
    /// Cancelled.
    pub fn propose(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Vec<Proposal>, Shares), TransferError> {
        let (draft, shares) = self.explained(udp, progress)?;
        Ok((draft.proposals(), shares))
    }

    /// As [`Transfer::render`], and which drawing contributed where.
    ///
    /// # Errors
    /// Cancelled.
    pub fn explain(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Transferred, Shares), TransferError> {
        let (draft, shares) = self.explained(udp, progress)?;
        Ok((draft.picture(udp), shares))
    }

    fn explained(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Draft, Shares), TransferError> {
        let mut weights = vec![0.0; udp.pixels.len() * self.views];
        let draft = self.draw(udp, Some(&mut weights), progress);
        if progress.cancelled() {
            return Err(TransferError::Cancelled);
        }
        let of_pixel = |i: usize| &weights[i * self.views..(i + 1) * self.views];
        let known = |i: usize| fill::known(of_pixel(i).iter().sum());
        let size_px = [udp.width_px, udp.height_px];
        Ok((draft, Shares::new(size_px, self.views, |view, i| of_pixel(i)[view], known)))
    }

    /// `weights`: room for every drawing's weight in every pixel, the drawings of a pixel side by side.
    fn draw(&self, udp: &Udp, weights: Option<&mut [f32]>, progress: &dyn Progress) -> Draft {
        let target = Surface::new(udp);
        let (normals, parts) = (facing::normals(&target), of_parts(&target, self.parts.as_deref()));
        let mut colours = vec![Colour::default(); target.len()];
        let width = target.width.max(1);
        let wanted = |i: usize| Wanted {
            landmark: target.landmarks[i],
            tangents: target.tangents(i),
            facing: normals[i],
            part: parts[i],
        };
        let (views, of_band) = (self.views, BAND_ROWS * width);
        let mut shares: Vec<Option<&mut [f32]>> =
            weights.map_or(vec![], |weights| weights.chunks_mut((of_band * views).max(1)).map(Some).collect());
        shares.resize_with(colours.len().div_ceil(of_band), || None);
        let places = Places::new(self, &target, &wanted, progress);
        let bands = colours.par_chunks_mut(of_band).zip(shares).enumerate();
        bands.for_each_init(Default::default, |(around, candidates), (band, (colours, mut shares))| {
            if progress.cancelled() {
                return;
            }
            let first = band * of_band;
            for (at, colour) in colours.iter_mut().enumerate().filter(|(at, _)| target.seen(first + at)) {
                let mut owed = |drawing: usize, weight: f32| {
                    if let Some(shares) = &mut shares {
                        shares[at * views + self.drawings[drawing].place] += weight;
                    }
                };
                let found = places.colour(first + at, around, &mut owed);
                *colour = self.helped(found, &wanted(first + at), candidates, &mut owed);
            }
        });
        self.fill(&target, &mut colours, &wanted, &parts, progress);
        let mut drawn: Vec<Vec4> = colours.iter().map(|c| c.premultiplied).collect();
        edges::draw(&target, &parts, &self.rim, &mut drawn);
        Draft { drawn, colours, normals }
    }

    /// Gives what no drawing shows well the colour of the nearest place on the same surface and of the same part, or else
    /// of the nearest anywhere of that part, or else of the nearest at all.
    fn fill(
        &self,
        target: &Surface,
        colours: &mut [Colour],
        wanted: &(impl Fn(usize) -> Wanted + Sync),
        parts: &[u16],
        progress: &dyn Progress,
    ) {
        let same_part = |i: usize, j: usize| parts[i] == parts[j];
        let nearest = fill::origins(target, colours, same_part);
        let unsure: Vec<usize> = (0..colours.len()).filter(|&i| target.seen(i) && !fill::sure(&colours[i])).collect();
        let from = |origin: u32, to: &Wanted| {
            self.continued(colours[origin as usize].premultiplied, &wanted(origin as usize), to)
        };
        let of_part = |&i: &usize| {
            if progress.cancelled() {
                return None;
            }
            let wanted = wanted(i);
            nearest[i].map(|origin| from(origin, &wanted)).or_else(|| self.guess(&wanted, true))
        };
        let mut found: Vec<Option<Vec4>> = unsure.par_iter().map(of_part).collect();
        if found.iter().any(Option::is_none) {
            let nearest = fill::origins(target, colours, |_, _| true);
            let of_any = |(&i, found): (&usize, &mut Option<Vec4>)| {
                if found.is_none() && !progress.cancelled() {
                    let wanted = wanted(i);
                    *found = nearest[i].map(|origin| from(origin, &wanted)).or_else(|| self.guess(&wanted, false));
                }
            };
            unsure.par_iter().zip(&mut found).for_each(of_any);
        }
        for (&i, filled) in unsure.iter().zip(&found) {
            let Colour { premultiplied, weight, .. } = &mut colours[i];
            *premultiplied = (*premultiplied * *weight + filled.unwrap_or_default() * FILLED) / (*weight + FILLED);
        }
        fill::soften(target, colours, same_part, progress);
        for &i in &unsure {
            colours[i].best = colours[i].premultiplied;
        }
    }

    /// Whether UDPs of some drawings were found and not made.
    fn may_be_off(&self) -> bool {
        self.drawings.iter().any(|drawing| drawing.off > 0.0)
    }

    /// The colours that are shown where, of every third pixel both ways.
    fn palette(&self) -> Palette {
        Palette::new(self.drawings.iter().flat_map(|drawing| {
            let surface = &drawing.surface;
            let chosen = |i: &usize| (i % surface.width).is_multiple_of(3) && (i / surface.width).is_multiple_of(3);
            let plain = move |i: &usize| surface.depth[*i] == DEEP && drawing.picture.pixels[*i][3] == 255;
            (0..surface.len())
                .filter(move |i| chosen(i) && plain(i))
                .map(|i| (drawing.parts[i], surface.landmarks[i], drawing.premultiplied(i)))
        }))
    }

    /// What several drawings show of the same points, from a few thousand pixels of each.
    fn pairs(&self) -> Vec<Pair> {
        let all: usize = self.drawings.iter().map(|d| d.surface.depth.iter().filter(|&&d| d == DEEP).count()).sum();
        let every = all.div_ceil(20_000).max(1);
        let of_view = |(view, drawing): (usize, &Drawing)| {
            let mut pairs = Vec::new();
            for i in (0..drawing.surface.len()).filter(|&i| drawing.teaches(i)).step_by(every) {
                let landmark = drawing.surface.landmarks[i];
                let normal = drawing.surface.tangents(i).normal();
                let mut nearest: Vec<Option<(f32, Sample)>> = vec![None; self.drawings.len()];
                self.index.near(landmark, |sample| {
                    let distance = sample.landmark.distance(landmark);
                    let best = &mut nearest[sample.view as usize];
                    if sample.view as usize != view
                        && distance < self.spacing
                        && sample.normal.dot(normal) > 0.9
                        && best.is_none_or(|(least, _)| distance < least)
                    {
                        *best = Some((distance, *sample));
                    }
                });
                for (_, sample) in nearest.into_iter().flatten() {
                    let (other, j) = (&self.drawings[sample.view as usize], sample.pixel as usize);
                    if other.teaches(j) {
                        pairs.push(Pair {
                            landmark,
                            normals: [drawing.normals[i], other.normals[j]],
                            colours: [drawing.premultiplied(i), other.premultiplied(j)],
                        });
                    }
                }
            }
            pairs
        };
        self.drawings.par_iter().enumerate().flat_map_iter(of_view).collect()
    }
}

#[cfg(test)]
mod tests;
