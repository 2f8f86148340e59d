//! What a viewer notices who flips between two pictures: LDR-FLIP (Andersson et al. 2020, "FLIP: a difference evaluator
//! for alternating images").

use super::Pair;
use super::light::{Xyz, linear, of_linear, to_linear};
use super::pair::Seen;
use super::plane::{Border, Plane, gaussian};
use super::{heat, light};
use crate::picture::Picture;
use rayon::prelude::*;

/// A viewer .7 m before a screen .7 m wide with 3840 pixels.
const PIXELS_PER_DEGREE: f64 = 67.0;

/// What eyes see of fine patterns, as sums of (a, b): a·√(π/b)·exp(−π²x²/b), x in degrees; of brightness, red to green,
/// blue to yellow.
const CONTRAST: [&[[f64; 2]]; 3] = [&[[1.0, 0.0047]], &[[1.0, 0.0053]], &[[34.1, 0.04], [13.5, 0.025]]];
/// The widest of them.
const WIDEST: f64 = 0.04;

/// Exponent of colour differences; what large ones are from, as a share of the largest; what is given to those below.
const COLOURS: f64 = 0.7;
const LARGE: f64 = 0.4;
const BELOW: f64 = 0.95;
/// Width of edges that eyes see best, in degrees, and the exponent of their differences.
const EDGE_DEG: f64 = 0.082;
const FEATURES: f64 = 0.5;

/// For each pixel in the region of a [`Pair`] how much of a difference a viewer notices there, in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct FlipMap(Plane);

impl FlipMap {
    /// Measures at 67 pixels a degree of sight.
    pub fn of(pair: &Pair) -> Self {
        let (drawn, truth) = (Look::at(&pair.drawn), Look::at(&pair.truth));
        let colours = drawn.colour_difference(&truth);
        let differ = |a: &Plane, b: &Plane| a.zip(b, |a, b| (a - b).abs());
        let edges = differ(&drawn.edges, &truth.edges);
        let features = edges.zip(&differ(&drawn.points, &truth.points), |edge, point| {
            (edge.max(point) * std::f64::consts::FRAC_1_SQRT_2).powf(FEATURES)
        });
        Self(colours.zip(&features, |colour, feature| colour.powf(1.0 - feature)))
    }

    /// The measure: 0 for equal pictures.
    pub fn mean(&self) -> f64 {
        self.0.mean()
    }

    /// The map as a picture of the region's size: black where nothing is noticed, over violet, red and orange to pale
    /// yellow.
    pub fn heat(&self) -> Picture {
        let table = heat::table();
        let shade = |v: &f64| table[(v.clamp(0.0, 1.0) * (table.len() - 1) as f64).round() as usize];
        Picture {
            width_px: self.0.width as u32,
            height_px: self.0.height as u32,
            pixels: self.0.values.iter().map(shade).collect(),
        }
    }
}

/// What a viewer has of a picture.
struct Look {
    /// Blurred by the eye, in a space whose differences are felt alike.
    colours: [Plane; 3],
    edges: Plane,
    points: Plane,
}

impl Look {
    fn at(seen: &Seen) -> Self {
        let all: Vec<[f64; 3]> = seen.colours.par_iter().map(|rgb| opponents(of_linear(rgb.map(linear)))).collect();
        let axes = |all: &[[f64; 3]]| {
            let values = |axis: usize| all.iter().map(|colour| colour[axis]).collect();
            [0, 1, 2].map(|axis| Plane { width: seen.width, height: seen.height, values: values(axis) })
        };
        let sharp = axes(&all);
        let brightness = sharp[0].map(|y| (y + 16.0) / 116.0);
        let [y, x, z] = [0, 1, 2].map(|axis| blurred(&sharp[axis], CONTRAST[axis]));
        let shown = |i: usize| {
            let xyz = of_opponents([y.values[i], x.values[i], z.values[i]]);
            felt(to_linear(xyz).map(|v| v.clamp(0.0, 1.0)))
        };
        let all: Vec<[f64; 3]> = (0..all.len()).into_par_iter().map(shown).collect();
        let (edges, points) = features(&brightness);
        Self { colours: axes(&all), edges, points }
    }

    /// How far colours are apart, in [0, 1].
    fn colour_difference(&self, other: &Self) -> Plane {
        let most = apart(felt([0.0, 1.0, 0.0]), felt([0.0, 0.0, 1.0])).powf(COLOURS);
        let large = LARGE * most;
        let values = (0..self.edges.values.len()).map(|i| {
            let [a, b] = [self, other].map(|look| [0, 1, 2].map(|axis| look.colours[axis].values[i]));
            let apart = apart(a, b).powf(COLOURS);
            if apart < large { apart * BELOW / large } else { BELOW + (apart - large) / (most - large) * (1.0 - BELOW) }
        });
        Plane { values: values.collect(), ..self.edges }
    }
}

/// YCxCz: brightness, red to green, blue to yellow; linear in light.
fn opponents([x, y, z]: Xyz) -> [f64; 3] {
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn of_opponents([brightness, red, blue]: [f64; 3]) -> Xyz {
    let y = (brightness + 16.0) / 116.0;
    [y + red / 500.0, y, y - blue / 200.0]
}

/// A colour, linear, as CIE Lab, less colourful where it is darker (Hunt's effect).
fn felt(rgb: [f64; 3]) -> [f64; 3] {
    let [l, a, b] = light::lab(of_linear(rgb));
    [l, 0.01 * l * a, 0.01 * l * b]
}

/// HyAB: lightness and colour each for itself.
fn apart(a: [f64; 3], b: [f64; 3]) -> f64 {
    (a[0] - b[0]).abs() + (a[1] - b[1]).hypot(a[2] - b[2])
}

/// As the eye blurs it.
fn blurred(plane: &Plane, contrast: &[[f64; 2]]) -> Plane {
    use std::f64::consts::PI;
    let reach = (3.0 * (WIDEST / (2.0 * PI * PI)).sqrt() * PIXELS_PER_DEGREE).ceil() as usize;
    // A Gaussian in two dimensions is one in each; the kernel's sum is 1.
    let weighed = contrast.iter().map(|[a, b]| {
        let bell = gaussian((b / 2.0).sqrt() / PI * PIXELS_PER_DEGREE, reach);
        let peak = bell[reach];
        (a * (PI / b).sqrt() / (peak * peak), bell)
    });
    let bells: Vec<(f64, Vec<f64>)> = weighed.collect();
    let all: f64 = bells.iter().map(|(weight, _)| weight).sum();
    let mut sum = plane.map(|_| 0.0);
    for (weight, bell) in bells {
        sum = sum.zip(&plane.weighed(&bell, &bell, Border::Held), |sum, v| sum + weight / all * v);
    }
    sum
}

/// How much of an edge and of a point each place is.
fn features(brightness: &Plane) -> (Plane, Plane) {
    let sigma = 0.5 * EDGE_DEG * PIXELS_PER_DEGREE;
    let reach = (3.0 * sigma).ceil() as usize;
    let bell = gaussian(sigma, reach);
    let with = |of: fn(f64) -> f64| -> Vec<f64> {
        let at = |(i, v): (usize, &f64)| v * of((i as f64 - reach as f64) / sigma);
        evened(bell.iter().enumerate().map(at).collect())
    };
    let length = |kernel: &[f64]| {
        let across = brightness.weighed(kernel, &bell, Border::Held);
        across.zip(&brightness.weighed(&bell, kernel, Border::Held), f64::hypot)
    };
    (length(&with(|x| -x)), length(&with(|x| x * x - 1.0)))
}

/// What is above 0 sums to 1, what is below to −1.
fn evened(kernel: Vec<f64>) -> Vec<f64> {
    let sum = |sign: f64| kernel.iter().map(|v| (v * sign).max(0.0)).sum::<f64>();
    let (above, below) = (sum(1.0), sum(-1.0));
    kernel.iter().map(|v| if *v > 0.0 { v / above } else { v / below }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::{filled, references};

    #[test]
    fn flip_is_what_its_authors_compute() {
        for (of, pair) in references() {
            let (ours, theirs) = (FlipMap::of(&pair).mean(), of.flip);
            assert!((ours - theirs).abs() < 1e-4, "{ours} {theirs}");
        }
    }

    #[test]
    fn the_map_is_dark_where_pictures_are_equal_and_bright_where_they_are_not() {
        let (white, mut other) = (filled([255; 4]), filled([255; 4]));
        *other.at_mut(17, 5) = [0, 0, 0, 255];
        let map = FlipMap::of(&Pair::whole(&other, &white).unwrap());
        let heat = map.heat();
        let sum = |x, y| heat.at(x, y)[..3].iter().map(|v| u32::from(*v)).sum::<u32>();
        assert_eq!((heat.width_px, heat.height_px), (20, 10));
        assert!(sum(17, 5) > sum(0, 5) + 150, "{:?} {:?}", heat.at(17, 5), heat.at(0, 5));
        // 17 pixels away no kernel reaches.
        assert_eq!(map.0.values[5 * 20], 0.0);
    }
}
