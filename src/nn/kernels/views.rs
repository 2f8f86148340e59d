//! Several views of one thing in a batch, group after group: one picture for a group out of those of its views, and the
//! other way round; and pictures of every other pixel.

use super::sums::{MOST, sums};
use super::{Map, MapMut};

/// `share` times the sum of each group of `x`; `out` has a picture for each group.
///
/// # Panics
/// When the sizes don't fit.
pub fn gather_views(x: Map, share: f32, out: &mut MapMut) {
    let [groups, h, w, c] = out.view().size();
    let views = views(x.n, groups);
    assert_eq!(x.size(), [groups * views, h, w, c]);
    for first in (0..views).step_by(MOST) {
        sums(x, out, first > 0, |sum, [group, y, column]| {
            (first..views.min(first + MOST)).for_each(|view| sum.add(group * views + view, y, column, share));
        });
    }
}

/// `share` times the picture of a group, for each of its views; `out` has a picture for each view.
///
/// # Panics
/// When the sizes don't fit.
pub fn spread_views(x: Map, share: f32, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    let views = views(n, x.n);
    assert_eq!(x.size(), [n / views, h, w, c]);
    sums(x, out, false, |sum, [image, y, column]| sum.add(image / views, y, column, share));
}

/// Every other pixel of every other row, from the first on: what sampling by the nearest pixel makes of half the size.
///
/// # Panics
/// When `x` is not twice as large.
pub fn thin(x: Map, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(x.size(), [n, 2 * h, 2 * w, c]);
    sums(x, out, false, |sum, [image, y, column]| sum.add(image, 2 * y, 2 * column, 1.0));
}

/// The way back through [`thin`].
///
/// # Panics
/// When `out` is not twice as large.
pub fn thin_gradient(gradient: Map, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(gradient.size(), [n, h / 2, w / 2, c]);
    sums(gradient, out, false, |sum, [image, y, column]| {
        if (y % 2, column % 2) == (0, 0) {
            sum.add(image, y / 2, column / 2, 1.0);
        }
    });
}

/// How many views a group has.
fn views(n: usize, groups: usize) -> usize {
    assert!(groups > 0 && n >= groups && n.is_multiple_of(groups), "{n} views in {groups} groups");
    n / groups
}
