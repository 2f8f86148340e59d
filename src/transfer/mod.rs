//! Landmark transfer: draws a pose by taking each pixel's colour where the sheet shows the same landmark. Needs no weights.
//!
//! ```text
//! Sheet ── new ──▶ Transfer      index of all pixels by landmark; the drawings' light and shade; their outlines
//! Udp ── render ──▶ Transferred  per pixel: look_up in every view, blend; fill what none has seen; draw the edges
//! ```
//!
//! Landmarks are places on the T-posed surface, so their differences from pixel to pixel are its tangents: they tell at
//! which resolution and from which side a drawing sees a point (`surface`) and how each part is turned (`facing`). Which
//! material a landmark is of, in the drawings as in the target, tells the figure, where there is one (`parts`).

mod cells;
mod confidence;
mod contour;
mod draft;
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
use draft::{Colour, Draft};
use glam::{Vec3, Vec4};
use index::{Index, Sample};
use lookup::Wanted;
use palette::Palette;
use rayon::prelude::*;
use rim::Rim;
use shade::{Pair, Shade};
use std::hash::{DefaultHasher, Hash, Hasher};
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

/// A view with what its UDP tells.
struct Drawing {
    /// Its place in the sheet.
    place: usize,
    surface: Surface,
    /// Where the surface faces in view space; zero where that isn't known.
    normals: Vec<Vec3>,
    /// What part each pixel shows.
    parts: Vec<u16>,
    /// How sure it is, 0 to 255.
    confidence: Vec<u8>,
    /// About how far off its landmarks are: nought, unless they were only found.
    off: f32,
    picture: Picture,
}

impl Drawing {
    /// `None` if nothing is seen.
    fn new(place: usize, drawn: &Drawn<'_>, parts: Option<&Parts>) -> Option<Self> {
        let (picture, mut udp, confidence) = cropped(drawn)?;
        // Where a UDP lies beside the drawn silhouette, nothing is drawn that could be seen.
        for (landmark, _) in udp.pixels.iter_mut().zip(&picture.pixels).filter(|(_, colour)| colour[3] == 0) {
            *landmark = [0.0; 4];
        }
        if udp.surface_points() == 0 {
            return None;
        }
        let surface = Surface::new(&udp);
        let (normals, parts) = (facing::normals(&surface), of_parts(&surface, parts));
        let off = if drawn.confidence.is_some() { confidence::GOOD } else { 0.0 };
        Some(Self { place, surface, normals, parts, confidence, off, picture })
    }

    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.confidence.hash(&mut hasher);
        self.picture.pixels.hash(&mut hasher);
        bytemuck::cast_slice::<Vec3, u8>(&self.surface.landmarks).hash(&mut hasher);
        hasher.finish()
    }

    fn premultiplied(&self, i: usize) -> Vec4 {
        let [r, g, b, a] = self.picture.pixels[i].map(|v| f32::from(v) / 255.0);
        Vec4::new(r * a, g * a, b * a, a)
    }

    /// Unmixed, opaque, and it is known where it faces: fit to learn light and shade from.
    fn teaches(&self, i: usize) -> bool {
        self.surface.depth[i] == DEEP && self.normals[i] != Vec3::ZERO && self.picture.pixels[i][3] == 255
    }
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
        transfer.shade = Shade::new(&transfer.pairs()).map(|shade| (shade, transfer.palette()));
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
        let rows = colours.par_chunks_mut(width).enumerate();
        let pixels = |y: usize| {
            let row = if progress.cancelled() { 0..0 } else { y * width..(y + 1) * width };
            row.enumerate().filter(|&(_, i)| target.seen(i))
        };
        match weights {
            None => rows.for_each_init(Vec::new, |candidates, (y, row)| {
                for (x, i) in pixels(y) {
                    row[x] = self.colour(&wanted(i), candidates, &mut |_, _| {});
                }
            }),
            Some(weights) => {
                let weights = weights.par_chunks_mut((width * self.views).max(1));
                rows.zip(weights).for_each_init(Vec::new, |candidates, ((y, row), weights)| {
                    for (x, i) in pixels(y) {
                        let owed = &mut weights[x * self.views..(x + 1) * self.views];
                        row[x] = self.colour(&wanted(i), candidates, &mut |drawing, weight| {
                            owed[self.drawings[drawing].place] += weight;
                        });
                    }
                });
            }
        }
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

/// What part each pixel shows; one for all if nobody knows the figure's.
fn of_parts(surface: &Surface, parts: Option<&Parts>) -> Vec<u16> {
    match parts {
        Some(parts) => (0..surface.len())
            .into_par_iter()
            .map(|i| {
                let of_seen = || parts.at(surface.landmarks[i], surface.tangents(i).normal());
                if surface.seen(i) { of_seen() } else { parts::UNKNOWN }
            })
            .collect(),
        None => vec![parts::UNKNOWN; surface.len()],
    }
}

/// The part of a drawing in which something is seen, with some room around it for outlines; `None` if nothing is.
fn cropped(Drawn { picture, udp, confidence }: &Drawn<'_>) -> Option<(Picture, Udp, Vec<u8>)> {
    let (mut low, mut high) = ([u32::MAX; 2], [0; 2]);
    for (y, row) in (0..).zip(udp.pixels.chunks_exact(udp.width_px.max(1) as usize)) {
        for (x, _) in (0..).zip(row).filter(|(_, pixel)| pixel[3] > 0.5) {
            low = [low[0].min(x), low[1].min(y)];
            high = [high[0].max(x + 1), high[1].max(y + 1)];
        }
    }
    if low[0] >= high[0] {
        return None;
    }
    let room = contour::REACH_PX as u32 + 1;
    let [left, top] = low.map(|v| v.saturating_sub(room));
    let (right, bottom) = ((high[0] + room).min(udp.width_px), (high[1] + room).min(udp.height_px));
    let rows = || (top..bottom).map(|y| (y * udp.width_px + left) as usize..(y * udp.width_px + right) as usize);
    let (width_px, height_px) = (right - left, bottom - top);
    let colours = rows().flat_map(|row| picture.pixels[row].iter().copied()).collect();
    let landmarks = rows().flat_map(|row| udp.pixels[row].iter().copied()).collect();
    let confidence = match confidence {
        Some(confidence) if confidence.len() == udp.pixels.len() => {
            rows().flat_map(|row| confidence[row].iter().copied()).collect()
        }
        _ => vec![255; width_px as usize * height_px as usize],
    };
    Some((Picture { width_px, height_px, pixels: colours }, Udp { width_px, height_px, pixels: landmarks }, confidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKIN: [u8; 4] = [250, 220, 205, 255];
    const SKIRT: [u8; 4] = [40, 50, 110, 255];
    const SIZE_PX: [u32; 2] = [40, 60];

    /// A picture and its UDP from what each pixel (column, row) shows: landmark and colour.
    fn scene(shows: impl Fn(f32, f32) -> Option<([f32; 3], [u8; 4])>) -> (Picture, Udp) {
        let [width, height] = SIZE_PX;
        let (mut picture, mut udp) = (Picture::new(width, height), Udp::new(width, height));
        for (i, (colour, pixel)) in picture.pixels.iter_mut().zip(&mut udp.pixels).enumerate() {
            if let Some(([x, y, z], shown)) = shows((i as u32 % width) as f32, (i as u32 / width) as f32) {
                (*pixel, *colour) = ([x, y, z, 1.0], shown);
            }
        }
        (picture, udp)
    }

    /// A leg, and in front of it something that hangs down.
    fn leg(column: f32, row: f32) -> [f32; 3] {
        [0.3 + 0.005 * column, 0.9 - 0.005 * row, 0.5]
    }

    fn shown(drawing: &(Picture, Udp)) -> Drawn<'_> {
        Drawn { picture: &drawing.0, udp: &drawing.1, confidence: None }
    }

    fn drawn(drawing: &(Picture, Udp), target: &Udp) -> Picture {
        Transfer::of(&[shown(drawing)], None, &Silent).unwrap().render(target).picture
    }

    fn close(a: [u8; 4], b: [u8; 4]) -> bool {
        a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 12)
    }

    #[test]
    fn what_hung_before_a_limb_leaves_no_bruise_on_it() {
        let hem = 30.0;
        let drawing = scene(|x, y| {
            let [u, v, w] = leg(x, y);
            Some(if y < hem { ([u, v, w + 0.05], SKIRT) } else { ([u, v, w], SKIN) })
        });
        let bare = scene(|x, y| Some((leg(x, y), SKIN))).1;
        let drawn = drawn(&drawing, &bare);
        for y in 4..56 {
            assert!(close(drawn.at(20, y), SKIN), "row {y}: {:?}", drawn.at(20, y));
        }
    }

    #[test]
    fn a_part_traced_beside_the_silhouette_is_no_hole() {
        let mut drawing = scene(|x, y| Some((leg(x, y), SKIN)));
        for row in drawing.0.pixels.chunks_exact_mut(SIZE_PX[0] as usize) {
            row[22..].fill([0; 4]);
        }
        let drawn = drawn(&drawing, &drawing.1);
        for x in [4, 18, 22, 26, 36] {
            assert!(close(drawn.at(x, 30), SKIN), "column {x}: {:?}", drawn.at(x, 30));
        }
        // A drawing beside which all of its UDP lies shows nothing.
        drawing.0.pixels.fill([0; 4]);
        assert!(matches!(Transfer::of(&[shown(&drawing)], None, &Silent).err(), Some(TransferError::NothingSeen)));
    }

    #[test]
    fn landmarks_that_were_only_found_may_be_off() {
        let drawing = scene(|x, y| Some((leg(x, y), SKIN)));
        let beside = scene(|x, y| Some((leg(x, y).map(|v| v + 0.008), SKIN))).1;
        let sure = vec![255; 2400];
        let known = |confidence| {
            let transfer = Transfer::of(&[Drawn { confidence, ..shown(&drawing) }], None, &Silent).unwrap();
            transfer.render(&beside).confidence[30 * 40 + 20]
        };
        assert!(known(None) < 100 && known(Some(&sure)) > 200, "{} {}", known(None), known(Some(&sure)));
    }

    #[test]
    fn who_is_sure_is_believed() {
        let [skin, skirt] = [SKIN, SKIRT].map(|colour| scene(|x, y| Some((leg(x, y), colour))));
        let (sure, doubtful) = (vec![255; 2400], vec![3; 2400]);
        let of = |a, b| {
            let drawings =
                [Drawn { confidence: Some(a), ..shown(&skin) }, Drawn { confidence: Some(b), ..shown(&skirt) }];
            Transfer::of(&drawings, None, &Silent).unwrap().render(&skin.1).picture.at(20, 30)
        };
        assert!(close(of(&sure, &doubtful), SKIN) && close(of(&doubtful, &sure), SKIRT));
        let halfway = of(&sure, &sure);
        assert!(!close(halfway, SKIN) && !close(halfway, SKIRT), "{halfway:?}");
    }

    /// A flat figure of stripes from its top down: the part of each, and where it ends in landmarks.
    fn stripes(stripes: &[(usize, f32)]) -> Arc<Parts> {
        let tops = [1.0].into_iter().chain(stripes.iter().map(|s| s.1));
        let stripe = |(top, &(part, bottom)): (f32, &(usize, f32))| {
            let [a, b, c, d] =
                [[0.0, top], [1.0, top], [1.0, bottom], [0.0, bottom]].map(|[x, y]: [f32; 2]| Vec3::new(x, y, 0.5));
            [([a, c, b], part), ([a, d, c], part)]
        };
        Arc::new(Parts::new(tops.zip(stripes).flat_map(stripe)))
    }

    /// A surface of rows far enough apart for its stripes to be told apart.
    fn down(column: f32, row: f32) -> [f32; 3] {
        [0.3 + 0.01 * column, 0.9 - 0.012 * row, 0.5]
    }

    #[test]
    fn a_closing_lid_is_skin_and_neither_lash_nor_iris() {
        const IRIS: [u8; 4] = [60, 110, 200, 255];
        const LASH: [u8; 4] = [30, 20, 30, 255];
        let drawing = scene(|x, y| {
            let colour = if y < 30.0 {
                SKIN
            } else if y < 32.0 {
                LASH
            } else {
                IRIS
            };
            Some((down(x, y), colour))
        });
        let parts = stripes(&[(0, down(0.0, 29.5)[1]), (1, down(0.0, 31.5)[1]), (2, 0.0)]);
        // The last two rows of skin, drawn out over the whole eye.
        let closed = scene(|x, y| Some((down(x, 27.5 + y / 32.0), SKIN))).1;
        let transfer = Transfer::of(&[shown(&drawing)], Some(parts), &Silent).unwrap();
        let drawn = transfer.render(&closed).picture;
        for y in 4..56 {
            assert!(close(drawn.at(20, y), SKIN), "row {y}: {:?}", drawn.at(20, y));
        }
    }

    #[test]
    fn what_nobody_drew_has_the_colour_of_its_material() {
        // A skirt, skin below it; what the figure wears below that is of the skirt's cloth.
        let drawing = scene(|x, y| (y < 40.0).then(|| (down(x, y), if y < 20.0 { SKIRT } else { SKIN })));
        let parts = stripes(&[(0, down(0.0, 19.5)[1]), (1, down(0.0, 39.5)[1]), (0, 0.0)]);
        let lower = scene(|x, y| Some((down(x, 30.0 + 0.5 * y), SKIN))).1;
        let transfer = Transfer::of(&[shown(&drawing)], Some(parts), &Silent).unwrap();
        let drawn = transfer.render(&lower).picture;
        assert!((4..17).all(|y| close(drawn.at(20, y), SKIN)));
        assert!((23..56).all(|y| close(drawn.at(20, y), SKIRT)), "{:?}", drawn.at(20, 40));
    }

    #[test]
    fn nothing_is_grey_that_nobody_drew() {
        let drawing = scene(|x, y| (y < 20.0).then(|| (leg(x, y), SKIRT)));
        let far = scene(|x, y| Some(([0.9 - 0.005 * x, 0.005 * y, 0.1], SKIN))).1;
        let drawn = drawn(&drawing, &far);
        assert!((4..56).all(|y| close(drawn.at(20, y), SKIRT)), "{:?}", drawn.at(20, 30));
    }
}
