//! Winograd's minimal filtering in one dimension (Lavin & Gray 2016): `OUTPUTS` neighbouring outputs of a filter with
//! `TAPS` taps from `WINDOW` inputs, by `PRODUCTS` multiplications. Two of them nested give the plane.
//!
//! The matrices follow Cook and Toom's construction from the points 0, ±1, … and infinity; further points would save
//! more multiplications and cost more accuracy.

use super::lanes::Lanes;

/// Room for any scheme's window and products.
pub(super) const MOST: usize = 6;

/// One one-dimensional scheme.
pub(super) trait Scheme {
    const TAPS: usize;
    const OUTPUTS: usize;
    const PRODUCTS: usize = Self::OUTPUTS + Self::TAPS - 1;
    /// Different transformed weights: `PRODUCTS`, or 1 where all products share the same one.
    const WEIGHTS: usize = Self::PRODUCTS;
    /// Transformed weights from taps (the matrix G), row by row.
    const G: [[f64; 3]; MOST];

    /// Products' factors from the window (the matrix Bᵀ).
    /// # Safety
    /// As [`Lanes`].
    unsafe fn input<V: Lanes>(x: [V; MOST]) -> [V; MOST];

    /// Outputs from products (the matrix Aᵀ).
    /// # Safety
    /// As [`Lanes`].
    unsafe fn output<V: Lanes>(p: [V; MOST]) -> [V; 4];
}

/// 4 outputs of 3 taps from 6 products, points 0, ±1, ±2, ∞.
pub(super) struct F43;

impl Scheme for F43 {
    const TAPS: usize = 3;
    const OUTPUTS: usize = 4;
    const G: [[f64; 3]; MOST] = [
        [0.25, 0.0, 0.0],
        [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
        [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
        [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
        [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
        [0.0, 0.0, 1.0],
    ];

    #[inline(always)]
    unsafe fn input<V: Lanes>([a, b, c, d, e, f]: [V; MOST]) -> [V; MOST] {
        // SAFETY: the trait's contract.
        unsafe {
            let (two, four, minus_five) = (V::splat(2.0), V::splat(4.0), V::splat(-5.0));
            let minus_four = V::splat(-4.0);
            let (even, odd) = (e.mul_add(minus_four, c), d.mul_add(minus_four, b));
            let (even2, odd2) = (e.sub(c), d.sub(b).mul(two));
            [
                e.mul_add(minus_five, c).mul_add(four, a),
                even.add(odd),
                even.sub(odd),
                even2.add(odd2),
                even2.sub(odd2),
                f.mul_add(minus_five, d).mul_add(four, b),
            ]
        }
    }

    #[inline(always)]
    unsafe fn output<V: Lanes>([a, b, c, d, e, f]: [V; MOST]) -> [V; 4] {
        // SAFETY: the trait's contract.
        unsafe {
            let (two, four, eight) = (V::splat(2.0), V::splat(4.0), V::splat(8.0));
            let (s1, d1, s2, d2) = (b.add(c), b.sub(c), d.add(e), d.sub(e));
            [a.add(s1).add(s2), d1.mul_add(two, d2), s1.mul_add(four, s2), f.add(d1).mul_add(eight, d2)]
        }
    }
}

/// 2 outputs of 3 taps from 4 products, points 0, ±1, ∞: the most accurate one.
pub(super) struct F23;

impl Scheme for F23 {
    const TAPS: usize = 3;
    const OUTPUTS: usize = 2;
    const G: [[f64; 3]; MOST] =
        [[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0], [0.0; 3], [0.0; 3]];

    #[inline(always)]
    unsafe fn input<V: Lanes>([a, b, c, d, ..]: [V; MOST]) -> [V; MOST] {
        // SAFETY: the trait's contract.
        unsafe {
            let none = V::splat(0.0);
            [a.sub(c), b.add(c), c.sub(b), d.sub(b), none, none]
        }
    }

    #[inline(always)]
    unsafe fn output<V: Lanes>([a, b, c, d, ..]: [V; MOST]) -> [V; 4] {
        // SAFETY: the trait's contract.
        unsafe {
            let none = V::splat(0.0);
            [a.add(b).add(c), b.sub(c).add(d), none, none]
        }
    }
}

/// 4 outputs of 2 taps from 5 products, points 0, ±1, 2, ∞: the phases of strided and transposed convolutions.
pub(super) struct F42;

impl Scheme for F42 {
    const TAPS: usize = 2;
    const OUTPUTS: usize = 4;
    const G: [[f64; 3]; MOST] = [
        [0.5, 0.0, 0.0],
        [-0.5, -0.5, 0.0],
        [-1.0 / 6.0, 1.0 / 6.0, 0.0],
        [1.0 / 6.0, 1.0 / 3.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0; 3],
    ];

    #[inline(always)]
    unsafe fn input<V: Lanes>([a, b, c, d, e, _]: [V; MOST]) -> [V; MOST] {
        // SAFETY: the trait's contract.
        unsafe {
            let (two, three, minus_two) = (V::splat(2.0), V::splat(3.0), V::splat(-2.0));
            let d_minus_b = d.sub(b);
            [
                d_minus_b.mul_add(two, a.sub(c)),
                d.sub(c).mul_add(minus_two, b),
                d.add(b.mul(two)).sub(c.mul(three)),
                d_minus_b,
                e.sub(c).mul_add(minus_two, d_minus_b),
                V::splat(0.0),
            ]
        }
    }

    #[inline(always)]
    unsafe fn output<V: Lanes>([a, b, c, d, e, _]: [V; MOST]) -> [V; 4] {
        // SAFETY: the trait's contract.
        unsafe {
            let (sum, difference) = (b.add(c), b.sub(c));
            [
                a.add(sum).add(d),
                difference.mul_add(V::splat(2.0), d),
                sum.mul_add(V::splat(4.0), d),
                difference.add(e).mul_add(V::splat(8.0), d),
            ]
        }
    }
}

/// 2 outputs of 2 taps from 3 products, points 0, 1, ∞: for transposed convolutions whose weights would grow too large.
pub(super) struct F22;

impl Scheme for F22 {
    const TAPS: usize = 2;
    const OUTPUTS: usize = 2;
    const G: [[f64; 3]; MOST] = [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0; 3], [0.0; 3], [0.0; 3]];

    #[inline(always)]
    unsafe fn input<V: Lanes>([a, b, c, ..]: [V; MOST]) -> [V; MOST] {
        // SAFETY: the trait's contract.
        unsafe {
            let none = V::splat(0.0);
            [a.sub(b), b, c.sub(b), none, none, none]
        }
    }

    #[inline(always)]
    unsafe fn output<V: Lanes>([a, b, c, ..]: [V; MOST]) -> [V; 4] {
        // SAFETY: the trait's contract.
        unsafe {
            let none = V::splat(0.0);
            [a.add(b), b.add(c), none, none]
        }
    }
}

/// 4 outputs of a single tap: nothing to save, but it nests with the others.
pub(super) struct F41;

impl Scheme for F41 {
    const TAPS: usize = 1;
    const OUTPUTS: usize = 4;
    const WEIGHTS: usize = 1;
    const G: [[f64; 3]; MOST] = [[1.0, 0.0, 0.0], [0.0; 3], [0.0; 3], [0.0; 3], [0.0; 3], [0.0; 3]];

    #[inline(always)]
    unsafe fn input<V: Lanes>(x: [V; MOST]) -> [V; MOST] {
        x
    }

    #[inline(always)]
    unsafe fn output<V: Lanes>([a, b, c, d, ..]: [V; MOST]) -> [V; 4] {
        [a, b, c, d]
    }
}
