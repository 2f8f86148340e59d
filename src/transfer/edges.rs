//! Edges where one surface hides another: antialiased, with the ink line that the nearer one carries.

use super::contour::{Rim, probit};
use super::surface::Surface;
use glam::Vec4;

const KERNEL: [f32; 5] = [1.0, 4.0, 6.0, 4.0, 1.0];

/// The colour of pixel `i`, close to where its surface visibly ends at another one.
pub(super) fn blend(surface: &Surface, rim: &Rim, own: &[(Vec4, f32)], i: usize) -> Vec4 {
    let (w, h) = (surface.width as isize, surface.height as isize);
    let (x, y) = (i as isize % w, i as isize / w);
    // Which pixels of the 5×5 around it are on the same surface.
    let mut member = [false; 25];
    member[12] = true;
    let mut stack = vec![12usize];
    while let Some(k) = stack.pop() {
        let (kx, ky) = (k as isize % 5, k as isize / 5);
        let j = ((y + ky - 2) * w + x + kx - 2) as usize;
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            let (nx, ny) = (kx + dx, ky + dy);
            if (0..5).contains(&nx) && (0..5).contains(&ny) {
                let n = (ny * 5 + nx) as usize;
                if !member[n] && surface.linked(j, dx, dy) {
                    member[n] = true;
                    stack.push(n);
                }
            }
        }
    }
    let (mut same, mut all) = (0.0, 0.0);
    let mut other: Option<(isize, usize)> = None;
    for (k, is_member) in member.into_iter().enumerate() {
        let (dx, dy) = (k as isize % 5 - 2, k as isize / 5 - 2);
        let (px, py) = (x + dx, y + dy);
        if px < 0 || py < 0 || px >= w || py >= h {
            continue;
        }
        let j = (py * w + px) as usize;
        if !surface.seen(j) {
            continue;
        }
        let weight = KERNEL[(dx + 2) as usize] * KERNEL[(dy + 2) as usize];
        all += weight;
        if is_member {
            same += weight;
        } else if other.is_none_or(|o| dx * dx + dy * dy < o.0) {
            other = Some((dx * dx + dy * dy, j));
        }
    }
    let Some((_, q)) = other else { return own[i].0 };
    let inside = probit(same / all).clamp(-1.5, 0.0);
    let compose = |near: usize, far: usize, d: f32| {
        let covered = (0.5 - d).clamp(0.0, 1.0);
        let line = rim.at(surface.landmarks[near], d);
        own[near].0 * covered + line + own[far].0 * (1.0 - covered - line.w)
    };
    // A UDP doesn't say which of the two is in front; half of each is never far wrong.
    (compose(i, q, inside) + compose(q, i, -inside)) * 0.5
}
