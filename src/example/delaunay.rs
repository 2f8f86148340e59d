//! Delaunay triangulation of points in the plane (Bowyer 1981, Watson 1981), for the face, whose points follow the
//! drawing of the eyes and lie on no grid.

use glam::DVec2;

/// Triangles over `points`, counter-clockwise, in a fixed order.
pub(super) fn triangulate(points: &[DVec2]) -> Vec<[u32; 3]> {
    let low = points.iter().copied().reduce(DVec2::min).unwrap_or(DVec2::ZERO);
    let high = points.iter().copied().reduce(DVec2::max).unwrap_or(DVec2::ONE);
    let (middle, size) = ((low + high) / 2.0, (high - low).max_element().max(1e-9));
    let mut all = points.to_vec();
    let first_helper = all.len();
    all.extend([
        middle + DVec2::new(-40.0, -20.0) * size,
        middle + DVec2::new(40.0, -20.0) * size,
        middle + DVec2::new(0.0, 40.0) * size,
    ]);
    let with_circle = |t: [usize; 3]| (t, Circle::around(t.map(|i| all[i])));
    let mut triangles = vec![with_circle([first_helper, first_helper + 1, first_helper + 2])];
    let mut edges: Vec<[usize; 2]> = Vec::new();
    for (index, &point) in points.iter().enumerate() {
        edges.clear();
        triangles.retain(|(t, circle)| {
            let hit = circle.may_hold(point) && in_circumcircle(t.map(|i| all[i]), point);
            if hit {
                let [a, b, c] = *t;
                edges.extend([[a, b], [b, c], [c, a]]);
            }
            !hit
        });
        // The hole's rim: edges that only one of the removed triangles had.
        let rim = edges.iter().filter(|[a, b]| !edges.contains(&[*b, *a]));
        triangles.extend(rim.map(|&[a, b]| with_circle([a, b, index])));
    }
    let inside = triangles.into_iter().map(|(t, _)| t).filter(|t| t.iter().all(|&i| i < first_helper));
    inside.map(|t| t.map(|i| i as u32)).collect()
}

/// A circle a little larger than the one through a triangle's corners: most points are outside of most, and quickly told.
struct Circle {
    centre: DVec2,
    radius_squared: f64,
}

impl Circle {
    fn around([a, b, c]: [DVec2; 3]) -> Self {
        let (ab, ac) = (b - a, c - a);
        let twice = 2.0 * ab.perp_dot(ac);
        let to_centre = DVec2::new(
            ac.y * ab.length_squared() - ab.y * ac.length_squared(),
            ab.x * ac.length_squared() - ac.x * ab.length_squared(),
        ) / twice;
        // Of a sliver the centre can't be told well.
        let sliver = twice.abs() < 1e-7 * (ab.length_squared() + ac.length_squared());
        let radius_squared = if sliver { f64::INFINITY } else { to_centre.length_squared() * (1.0 + 1e-6) };
        Self { centre: a + to_centre, radius_squared }
    }

    /// Not certainly outside.
    fn may_hold(&self, p: DVec2) -> bool {
        let outside = p.distance_squared(self.centre) > self.radius_squared;
        !outside
    }
}

fn in_circumcircle([a, b, c]: [DVec2; 3], p: DVec2) -> bool {
    let (a, b, c) = (a - p, b - p, c - p);
    let determinant =
        a.length_squared() * b.perp_dot(c) - b.length_squared() * a.perp_dot(c) + c.length_squared() * a.perp_dot(b);
    determinant > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_a_square_once() {
        let points: Vec<DVec2> = (0..100)
            .map(|i| {
                let (x, y) = (f64::from(i % 10), f64::from(i / 10));
                let inside = |v: f64| v > 0.0 && v < 9.0;
                let shake = if inside(x) && inside(y) { 0.3 * (f64::from(i) * 12.9898).sin() } else { 0.0 };
                DVec2::new(x + shake, y + shake * 0.7)
            })
            .collect();
        let triangles = triangulate(&points);
        let areas = triangles.iter().map(|t| {
            let [a, b, c] = t.map(|i| points[i as usize]);
            (b - a).perp_dot(c - a) / 2.0
        });
        assert!(areas.clone().all(|a| a > 0.0));
        assert!((areas.sum::<f64>() - 81.0).abs() < 1e-9);
        assert_eq!(triangles.len(), 2 * 100 - 2 - 36);
    }

    #[test]
    fn no_point_lies_in_a_circumcircle() {
        let points: Vec<DVec2> = (0..60)
            .map(|i| DVec2::new((f64::from(i) * 0.754_877_7).fract(), (f64::from(i) * 0.569_840_3).fract()))
            .collect();
        for t in triangulate(&points) {
            for (i, &p) in points.iter().enumerate() {
                if !t.contains(&(i as u32)) {
                    assert!(!in_circumcircle(t.map(|i| points[i as usize]), p));
                }
            }
        }
    }
}
