//! Where maps say that points are, and how that is learned (Sun et al. 2018).

use crate::nn::kernels::{Batch, Map, Pool};
use crate::psgan::{KEYPOINTS, Keypoints};

/// A distance below this is learned from less and less, as share of the picture's side.
const NEAR: f64 = 1e-3;

/// One picture's softmax of all maps, and the means of places by it.
struct Weighed {
    /// Pixel by pixel, a weight for each point.
    weights: Vec<[f64; KEYPOINTS]>,
    places: [[f64; 2]; KEYPOINTS],
}

/// The middle of a pixel, as share of the sides.
fn middle(i: usize, [height, width]: [usize; 2]) -> [f64; 2] {
    [((i % width) as f64 + 0.5) / width as f64, ((i / width) as f64 + 0.5) / height as f64]
}

impl Weighed {
    fn of(maps: Map, picture: usize) -> Self {
        let [_, height, width, _] = maps.size();
        let pixel = |i: usize| maps.pixel(picture, i / width, i % width);
        let area = height * width;
        let mut most = [f32::MIN; KEYPOINTS];
        for i in 0..area {
            most.iter_mut().zip(pixel(i)).for_each(|(most, v)| *most = most.max(*v));
        }
        let weight = |i: usize| std::array::from_fn(|point| f64::from(pixel(i)[point] - most[point]).exp());
        let mut weights: Vec<[f64; KEYPOINTS]> = (0..area).map(weight).collect();
        let (mut sums, mut places) = ([0.0; KEYPOINTS], [[0.0; 2]; KEYPOINTS]);
        for (i, weights) in weights.iter().enumerate() {
            let [x, y] = middle(i, [height, width]);
            for (point, weight) in weights.iter().enumerate() {
                sums[point] += weight;
                places[point][0] += weight * x;
                places[point][1] += weight * y;
            }
        }
        for (point, sum) in sums.iter().enumerate() {
            places[point] = places[point].map(|v| v / sum);
            weights.iter_mut().for_each(|weights| weights[point] /= sum);
        }
        Self { weights, places }
    }
}

/// Where the maps say that the points of each picture are.
pub(super) fn places(maps: Map) -> Vec<Keypoints> {
    (0..maps.size()[0]).map(|picture| Weighed::of(maps, picture).places.map(|place| place.map(|v| v as f32))).collect()
}

/// The mean distance from where points are, of those that lie in the pictures, and its gradient by the maps.
pub(super) fn of(maps: Map, wanted: &[Keypoints], pool: &Pool) -> (f64, Batch) {
    let [_, height, width, _] = maps.size();
    let inside = |point: &[f32; 2]| point.iter().all(|v| (0.0..1.0).contains(v));
    let count = wanted.iter().flatten().filter(|point| inside(point)).count().max(1) as f64;
    let mut gradient = pool.take(maps.size());
    let (mut loss, mut slopes) = (0.0, vec![]);
    for (picture, wanted) in wanted.iter().enumerate() {
        let weighed = Weighed::of(maps, picture);
        let mut of_places = [[0.0; 2]; KEYPOINTS];
        for (point, at) in wanted.iter().enumerate().filter(|(_, at)| inside(at)) {
            let away: [f64; 2] = std::array::from_fn(|axis| weighed.places[point][axis] - f64::from(at[axis]));
            let far = (away[0] * away[0] + away[1] * away[1] + NEAR * NEAR).sqrt();
            loss += far / count;
            of_places[point] = away.map(|v| v / far / count);
        }
        slopes.push((weighed, of_places));
    }
    for (i, pixel) in gradient.pixels_mut().enumerate() {
        let (weighed, of_places) = &slopes[i / (height * width)];
        let (at, weights) = (middle(i % (height * width), [height, width]), &weighed.weights[i % (height * width)]);
        for (point, to) in pixel.iter_mut().enumerate() {
            let along = |axis: usize| of_places[point][axis] * (at[axis] - weighed.places[point][axis]);
            *to = (weights[point] * (along(0) + along(1))) as f32;
        }
    }
    (loss, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lot::Lot;

    fn filled(numbers: &[f32], pool: &Pool) -> Batch {
        let mut maps = pool.take([2, 3, 4, KEYPOINTS]);
        maps.pixels_mut().zip(numbers.chunks(KEYPOINTS)).for_each(|(pixel, from)| pixel.copy_from_slice(from));
        maps
    }

    #[test]
    fn a_point_is_where_its_map_is_high() {
        let pool = Pool::default();
        let mut numbers = vec![0.0; 2 * 12 * KEYPOINTS];
        // The first picture's second row, last column.
        numbers[7 * KEYPOINTS + 2] = 40.0;
        let found = places(filled(&numbers, &pool).map());
        let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-5 && (a[1] - b[1]).abs() < 1e-5;
        assert!(near(found[0][2], [3.5 / 4.0, 0.5]) && near(found[0][3], [0.5; 2]) && near(found[1][2], [0.5; 2]));
    }

    #[test]
    fn its_gradient_is_that_of_finite_differences() {
        let (pool, mut lot) = (Pool::default(), Lot::new(3));
        let numbers: Vec<f32> = (0..2 * 12 * KEYPOINTS).map(|_| lot.normal()).collect();
        let mut wanted: Vec<Keypoints> = (0..2).map(|_| std::array::from_fn(|_| [lot.share(), lot.share()])).collect();
        wanted[1][5] = [1.4, 0.5];
        let (loss, gradient) = of(filled(&numbers, &pool).map(), &wanted, &pool);
        let ours: Vec<f32> = gradient.pixels().flatten().copied().collect();
        assert!(loss > 0.1);
        for i in (0..numbers.len()).step_by(7) {
            let [up, down] = [1e-2, -1e-2].map(|by| {
                let mut moved = numbers.clone();
                moved[i] += by;
                of(filled(&moved, &pool).map(), &wanted, &pool).0
            });
            let slope = (up - down) / 2e-2;
            assert!((f64::from(ours[i]) - slope).abs() < 1e-5, "{i}: {} for {slope}", ours[i]);
        }
        let beyond = ours[12 * KEYPOINTS..].iter().skip(5).step_by(KEYPOINTS);
        assert!(beyond.into_iter().all(|v| *v == 0.0), "who is beyond the edges is not asked for");
    }
}
