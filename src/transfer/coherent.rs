//! Where drawings show the points of a pose, so that what lies side by side comes from side by side.
//!
//! UDPs that were found are off by some pixels, here to one side and there to the other: neighbouring points would be looked
//! up in places that jump about, and a hem or an eye would crumble. So where a UDP was found, a point's place is the one that
//! a straight fit to the places of the points around it says, as far as their surface goes on; how well it is seen is their
//! mean.

use super::lookup::{Candidates, Place, Wanted};
use super::surface::Surface;
use super::{Colour, Transfer};
use crate::progress::Progress;
use glam::Vec2;
use rayon::prelude::*;
use std::ops::Range;

/// How far around places are fitted (standard deviation), in landmark units, of which a figure is one high. Pictures of 384²
/// from drawings of eight characters come nearer to the truth by every measure by it, by 0.004 in MS-SSIM; half as much again
/// and they lose a tenth of a decibel, though lines become no better.
const REACH: f32 = 0.008;
/// The same in the pose's pixels, at the least and at the most.
const REACHES_PX: [f32; 2] = [0.5, 12.0];
/// Points that are looked at from the one in the middle to the farthest, each way: of larger reaches not all.
const MOST_STEPS: f32 = 4.0;
/// Places that are so many pixels of the drawing off a fit count a quarter in the next.
const ASTRAY_PX: f32 = 2.0;
/// Fits after the first one.
const AGAIN: usize = 2;
/// Drawings that show a point so much worse than the best one are not worth a fit.
const WORSE: f32 = 0.02;
/// Of the points around so many must be seen.
const SHARE: f32 = 0.5;

/// Points whose places are looked up by one thread at a time.
const POINTS: usize = 2_048;

/// Where each drawing shows each point of a pose.
pub(super) struct Places<'a, W> {
    transfer: &'a Transfer,
    target: &'a Surface,
    wanted: &'a W,
    reach: Reach,
    /// Of each pixel, which one it is of those that show something.
    numbers: Vec<u32>,
    /// Of each of these the places in all drawings, point after point.
    of: Vec<Option<Place>>,
}

/// What lies around a point: room that is kept from point to point.
#[derive(Default)]
pub(super) struct Around {
    points: Vec<Near>,
    /// Where a drawing shows them: their offsets, that, and what it counts.
    places: Vec<(Vec2, Vec2, f32)>,
}

/// A point near another.
struct Near {
    number: usize,
    offset: Vec2,
    share: f32,
}

impl<'a, W: Fn(usize) -> Wanted + Sync> Places<'a, W> {
    /// Looks all points up; not all where it is cancelled.
    pub(super) fn new(transfer: &'a Transfer, target: &'a Surface, wanted: &'a W, progress: &dyn Progress) -> Self {
        let (mut numbers, mut points) = (vec![0; target.len()], vec![]);
        for i in (0..target.len()).filter(|&i| target.seen(i)) {
            numbers[i] = points.len() as u32;
            points.push(i);
        }
        let views = transfer.drawings.len();
        let mut of = vec![None; points.len() * views];
        let parts = of.par_chunks_mut(POINTS * views).zip(points.par_chunks(POINTS));
        parts.for_each_init(Candidates::new, |candidates, (of, points)| {
            for (places, &i) in of.chunks_exact_mut(views).zip(points).take_while(|_| !progress.cancelled()) {
                let wanted = wanted(i);
                transfer.seek(&wanted, candidates);
                for (place, candidate) in places.iter_mut().zip(&*candidates) {
                    *place = candidate.map(|(_, sample)| transfer.locate(&sample, &wanted));
                }
            }
        });
        let reach = Reach::of(target, transfer.may_be_off());
        Self { transfer, target, wanted, reach, numbers, of }
    }

    /// The colour of a point: the mean over the drawings that show it, each by how well; `owed` hears which has which weight.
    pub(super) fn colour(&self, i: usize, around: &mut Around, owed: &mut impl FnMut(usize, f32)) -> Colour {
        self.look_around(i, &mut around.points);
        let places = self.of(self.numbers[i] as usize);
        let best = places.iter().flatten().map(|place| place.weight).fold(0.0, f32::max);
        let drawings = self.transfer.drawings.iter().zip(places).enumerate();
        let fitted = drawings.filter_map(|(view, (drawing, &own))| {
            let fits = drawing.off > 0.0 && own.is_none_or(|place| place.weight > WORSE * best);
            let place = fits.then(|| self.fitted(own, view, around)).flatten().or(own)?;
            Some((view, place))
        });
        self.transfer.mean(fitted, &(self.wanted)(i), owed)
    }

    /// The places of a point in all drawings.
    fn of(&self, number: usize) -> &[Option<Place>] {
        let views = self.transfer.drawings.len();
        &self.of[number * views..][..views]
    }

    /// Where a drawing shows a point, as the places of those around it have it; none where too few are seen. `own`: where it
    /// is by itself.
    fn fitted(&self, own: Option<Place>, view: usize, around: &mut Around) -> Option<Place> {
        let Around { points, places } = around;
        let (mut all, mut seen, mut weight) = (0.0, 0.0, 0.0);
        places.clear();
        for near in points {
            all += near.share;
            if let Some(place) = self.of(near.number)[view] {
                seen += near.share;
                weight += near.share * place.weight;
                places.push((near.offset, place.at_px, near.share * (place.weight + 1e-3)));
            }
        }
        if seen < SHARE * all {
            return None;
        }
        let at_px = middle(places)?;
        let surface = &self.transfer.drawings[view].surface;
        let [x, y] = at_px.round().to_array();
        let fits = (0.0..surface.width as f32).contains(&x) && (0.0..surface.height as f32).contains(&y);
        let pixel = if fits { y as usize * surface.width + x as usize } else { return None };
        let stretched = own.is_some_and(|place| place.stretched);
        let offset_px = at_px - surface.middle(pixel);
        surface.seen(pixel).then_some(Place { pixel, offset_px, at_px, weight: weight / all, stretched })
    }

    /// Finds the points around one to which its surface goes on.
    fn look_around(&self, i: usize, points: &mut Vec<Near>) {
        let Self { target, reach, numbers, .. } = self;
        let (column, row) = (i % target.width, i / target.width);
        points.clear();
        for y in reach.along(row, 0..target.height) {
            for x in reach.along(column, 0..target.width) {
                let point = y * target.width + x;
                let offset = Vec2::new(x as f32 - column as f32, y as f32 - row as f32);
                // What lies beside it and is of another surface is farther away on the body.
                let farthest = target.spacing * (2.0 + 3.0 * offset.length());
                let away = target.landmarks[point].distance_squared(target.landmarks[i]);
                if target.seen(point) && away < farthest * farthest {
                    let share = reach.bell[column.abs_diff(x)] * reach.bell[row.abs_diff(y)];
                    points.push(Near { number: numbers[point] as usize, offset, share });
                }
            }
        }
    }
}

/// Which points around one are looked at.
struct Reach {
    /// Every so many-th row and column of the pose: the same ones for neighbours, which would not agree otherwise.
    step: usize,
    farthest: usize,
    /// What those count that are so many pixels away, each way.
    bell: Vec<f32>,
}

impl Reach {
    /// In a pose; nowhere if there is nothing to be fitted.
    fn of(target: &Surface, found: bool) -> Self {
        if !found {
            return Self { step: 1, farthest: 0, bell: vec![1.0] };
        }
        let sigma_px = (REACH / target.spacing).clamp(REACHES_PX[0], REACHES_PX[1]);
        let (farthest, step) = ((2.0 * sigma_px).ceil(), (2.0 * sigma_px / MOST_STEPS).ceil().max(1.0));
        let bell = |away: usize| (-0.5 * (away as f32 / sigma_px).powi(2)).exp();
        let farthest = farthest as usize;
        Self { step: step as usize, farthest, bell: (0..=farthest).map(bell).collect() }
    }

    /// Rows or columns around one.
    fn along(&self, middle: usize, all: Range<usize>) -> impl Iterator<Item = usize> + use<> {
        let first = middle.saturating_sub(self.farthest).max(all.start).next_multiple_of(self.step);
        (first..(middle + self.farthest + 1).min(all.end)).step_by(self.step)
    }
}

/// Where a straight fit to places has the middle; each is told by its offset from there, where it is and what it counts. Those
/// far off a fit count little in further ones. None of too few.
fn middle(places: &[(Vec2, Vec2, f32)]) -> Option<Vec2> {
    let mut fit = Fit::of(places.iter().copied())?;
    for _ in 0..AGAIN {
        let near = |&(offset, at, share): &(Vec2, Vec2, f32)| {
            let off = fit.at(offset).distance_squared(at) / (ASTRAY_PX * ASTRAY_PX);
            (offset, at, share / ((1.0 + off) * (1.0 + off)))
        };
        fit = Fit::of(places.iter().map(near))?;
    }
    Some(fit.middle)
}

/// Places as a straight function of offsets.
struct Fit {
    middle: Vec2,
    right: Vec2,
    down: Vec2,
}

impl Fit {
    fn at(&self, offset: Vec2) -> Vec2 {
        self.middle + self.right * offset.x + self.down * offset.y
    }

    fn of(places: impl Iterator<Item = (Vec2, Vec2, f32)>) -> Option<Self> {
        let (mut count, mut total, mut offsets, mut squares) = (0, 0.0, Vec2::ZERO, [0.0; 3]);
        let mut sums = [Vec2::ZERO; 3];
        for (offset, at, share) in places {
            count += 1;
            total += share;
            offsets += offset * share;
            squares[0] += offset.x * offset.x * share;
            squares[1] += offset.x * offset.y * share;
            squares[2] += offset.y * offset.y * share;
            sums[0] += at * share;
            sums[1] += at * (offset.x * share);
            sums[2] += at * (offset.y * share);
        }
        if count < 4 || total <= 0.0 {
            return None;
        }
        let (mean, centre) = (offsets / total, sums[0] / total);
        // About the mean. Across a line of points nothing is known: no slope then.
        let little = 1e-3 * total;
        let xx = squares[0] - total * mean.x * mean.x + little;
        let xy = squares[1] - total * mean.x * mean.y;
        let yy = squares[2] - total * mean.y * mean.y + little;
        let [x, y] = [sums[1] - centre * (total * mean.x), sums[2] - centre * (total * mean.y)];
        let determinant = xx * yy - xy * xy;
        let (right, down) = ((x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant);
        Some(Self { middle: centre - right * mean.x - down * mean.y, right, down })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Drawn;
    use super::*;
    use crate::picture::Picture;
    use crate::progress::Silent;
    use crate::udp::Udp;

    const SIDE: u32 = 64;

    /// A plane, whose landmarks are off by up to so many pixels, squares of it alike.
    fn plane(off_px: f32) -> Udp {
        let side = SIDE as usize;
        let mut udp = Udp::new(SIDE, SIDE);
        for (i, pixel) in udp.pixels.iter_mut().enumerate() {
            let (x, y) = (i % side, i / side);
            // As good as by lot.
            let off =
                |turn: usize| off_px * ((12.9 * (x / 4) as f32 + 78.2 * (y / 4 + turn) as f32).sin() * 437.5).sin();
            *pixel = [0.2 + 0.003 * (x as f32 + off(0)), 0.2 + 0.003 * (y as f32 + off(9)), 0.5, 1.0];
        }
        udp
    }

    /// Black to the left, white to the right, as an exact pose of the plane shows it.
    fn painted(confidence: Option<&[u8]>) -> Picture {
        let mut picture = Picture::new(SIDE, SIDE);
        for (i, pixel) in picture.pixels.iter_mut().enumerate() {
            *pixel = if i as u32 % SIDE < SIDE / 2 { [0, 0, 0, 255] } else { [255; 4] };
        }
        let udp = plane(3.0);
        let drawn = Drawn { picture: &picture, udp: &udp, confidence };
        Transfer::of(&[drawn], None, &Silent).unwrap().render(&plane(0.0)).picture
    }

    /// How often a pixel is dark and the one above it light or the other way, away from the edges: never is right.
    fn steps(picture: &Picture) -> usize {
        let dark = |x: u32, y: u32| picture.at(x, y)[0] < 128;
        let inside = (6..58).flat_map(|y| (6..58).map(move |x| (x, y)));
        inside.filter(|&(x, y)| dark(x, y) != dark(x, y - 1)).count()
    }

    #[test]
    fn a_border_does_not_crumble_where_landmarks_are_found() {
        let sure = vec![255; (SIDE * SIDE) as usize];
        let [exact, found] = [None, Some(&*sure)].map(|confidence| steps(&painted(confidence)));
        assert!(3 * found < 2 * exact, "{found} steps, {exact} where nothing is fitted");
    }

    #[test]
    fn a_place_far_off_the_others_counts_little() {
        let offsets = (-2..=2).flat_map(|y| (-2..=2).map(move |x| Vec2::new(x as f32, y as f32)));
        let place = |offset: Vec2| {
            let off = if offset == Vec2::ZERO { 40.0 } else { 0.0 };
            (offset, Vec2::new(7.0 + 2.0 * offset.x + off, 9.0 - offset.y), 1.0)
        };
        let places: Vec<_> = offsets.map(place).collect();
        assert_eq!(middle(&places[..3]), None);
        let middle = middle(&places).unwrap();
        assert!(middle.distance(Vec2::new(7.0, 9.0)) < 0.1, "{middle}");
    }
}
