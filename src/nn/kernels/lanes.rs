//! SIMD registers of f32 lanes behind one trait, so that every kernel is written once.
//!
//! A kernel is a value whose `run` is generic over [`Lanes`]; [`dispatch`] calls it inside a function compiled for
//! the instruction set at hand. Everything a kernel calls is `#[inline(always)]`: a function that stayed outside
//! would be compiled without those instructions.

use std::sync::OnceLock;

/// Instruction sets the kernels are compiled for; the best one present is chosen once, at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum Isa {
    /// Four lanes in plain Rust, which compilers turn into NEON or SSE.
    Portable,
    /// AVX2 with fused multiply-add and half-precision conversion.
    Avx2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512,
}

static BEST: OnceLock<Isa> = OnceLock::new();

impl Isa {
    /// The best instruction set of this machine, unless another one was chosen.
    pub fn best() -> Isa {
        *BEST.get_or_init(|| Isa::available()[0])
    }

    /// Makes all kernels use this one, to measure it. False where the machine lacks it, or kernels ran already.
    pub fn choose(self) -> bool {
        Isa::available().contains(&self) && *BEST.get_or_init(|| self) == self
    }

    /// All that this machine can run, best first.
    pub fn available() -> Vec<Isa> {
        let mut all = vec![Isa::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 =
                is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if avx2 {
                all.insert(0, Isa::Avx2);
            }
            if avx2 && avx512 {
                all.insert(0, Isa::Avx512);
            }
        }
        all
    }

    /// Lanes in one register.
    pub fn width(self) -> usize {
        match self {
            Isa::Portable => 4,
            Isa::Avx2 => 8,
            Isa::Avx512 => 16,
        }
    }

    /// Rows of the matrix product's register tile.
    pub fn rows(self) -> usize {
        match self {
            Isa::Portable | Isa::Avx2 => 6,
            Isa::Avx512 => 14,
        }
    }
}

/// One SIMD register.
///
/// # Safety
/// All methods may only run where the instruction set is present; pointers must be valid for the lanes they touch
/// (`WIDTH`, or `n` of the `_partial` ones). No alignment is asked for.
pub(super) trait Lanes: Copy {
    const WIDTH: usize;
    /// Rows of the matrix product's register tile: what fills the register file beside two panels of weights.
    const ROWS: usize;
    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(p: *const f32) -> Self;
    /// The first `n` lanes, the others zero.
    unsafe fn load_partial(p: *const f32, n: usize) -> Self;
    unsafe fn load_f16(p: *const u16) -> Self;
    unsafe fn load_bf16(p: *const u16) -> Self;
    unsafe fn store(self, p: *mut f32);
    unsafe fn store_partial(self, p: *mut f32, n: usize);
    unsafe fn add(self, o: Self) -> Self;
    unsafe fn sub(self, o: Self) -> Self;
    unsafe fn mul(self, o: Self) -> Self;
    unsafe fn div(self, o: Self) -> Self;
    unsafe fn max(self, o: Self) -> Self;
    unsafe fn min(self, o: Self) -> Self;
    /// `self + a · b`.
    unsafe fn mul_add(self, a: Self, b: Self) -> Self;
    /// All lanes, or the first `n` where that is fewer.
    #[inline(always)]
    unsafe fn load_some(p: *const f32, n: usize) -> Self {
        // SAFETY: the trait's contract.
        unsafe { if n < Self::WIDTH { Self::load_partial(p, n) } else { Self::load(p) } }
    }
    /// All lanes, or the first `n` where that is fewer.
    #[inline(always)]
    unsafe fn store_some(self, p: *mut f32, n: usize) {
        // SAFETY: the trait's contract.
        unsafe { if n < Self::WIDTH { self.store_partial(p, n) } else { self.store(p) } }
    }
    /// `self · 2ⁿ` where `n` is the integer in the lowest bits of `n`'s representation.
    unsafe fn scale_exponent(self, n: Self) -> Self;

    /// `e` to the power of `self`, to a relative error of 2e-7 between −87 and 88, where it is clamped.
    #[inline(always)]
    unsafe fn exp(self) -> Self {
        // Adding 1.5 · 2²³ rounds to an integer and leaves it in the lowest bits.
        const ROUND: f32 = 12_582_912.0;
        // ln 2 in two parts, the first exact in few bits (Cody & Waite), and e^r by its Taylor series to r⁷.
        const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
        const SERIES: [f32; 6] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
        // SAFETY: the trait's contract.
        unsafe {
            let x = self.max(Self::splat(-87.0)).min(Self::splat(88.0));
            let rounded = Self::splat(ROUND).mul_add(x, Self::splat(std::f32::consts::LOG2_E));
            let n = rounded.sub(Self::splat(ROUND));
            let r = x.mul_add(n, Self::splat(-LN_2.0)).mul_add(n, Self::splat(-LN_2.1));
            let mut sum = Self::splat(1.0 / 5040.0);
            for coefficient in SERIES {
                sum = Self::splat(coefficient).mul_add(sum, r);
            }
            Self::splat(1.0).mul_add(sum, r).scale_exponent(rounded)
        }
    }
}

/// Asks for the cache line of `p`, which may lie anywhere.
#[inline(always)]
pub(super) fn prefetch<T>(p: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 has it, and it touches nothing.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(p.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

/// A kernel: code that runs on any [`Lanes`].
pub(super) trait Kernel {
    /// # Safety
    /// The kernel's own contract, and the instruction set of `V` must be present.
    unsafe fn run<V: Lanes>(self);
}

/// Runs `kernel` compiled for `isa`.
///
/// # Safety
/// `isa` must be one of [`Isa::available`]; the kernel's own contract must hold.
#[inline]
pub(super) unsafe fn dispatch<K: Kernel>(isa: Isa, kernel: K) {
    // SAFETY: the caller vouches for the instruction set and for the kernel's contract.
    unsafe {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => x86::run_avx512(kernel),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => x86::run_avx2(kernel),
            _ => kernel.run::<Plain>(),
        }
    }
}

/// Four lanes in plain Rust.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(super) struct Plain([f32; 4]);

impl Plain {
    #[inline(always)]
    fn zip(self, o: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Plain([f(self.0[0], o.0[0]), f(self.0[1], o.0[1]), f(self.0[2], o.0[2]), f(self.0[3], o.0[3])])
    }
}

// SAFETY of all pointer accesses below: the trait's contract.
impl Lanes for Plain {
    const WIDTH: usize = 4;
    const ROWS: usize = 6;
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Plain([x; 4])
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        unsafe { Plain(p.cast::<[f32; 4]>().read_unaligned()) }
    }
    #[inline(always)]
    unsafe fn load_partial(p: *const f32, n: usize) -> Self {
        let mut lanes = [0.0; 4];
        for (i, lane) in lanes.iter_mut().enumerate().take(n) {
            *lane = unsafe { *p.add(i) };
        }
        Plain(lanes)
    }
    #[inline(always)]
    unsafe fn load_f16(p: *const u16) -> Self {
        Plain(std::array::from_fn(|i| half::f16::from_bits(unsafe { *p.add(i) }).to_f32()))
    }
    #[inline(always)]
    unsafe fn load_bf16(p: *const u16) -> Self {
        Plain(std::array::from_fn(|i| f32::from_bits(u32::from(unsafe { *p.add(i) }) << 16)))
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        unsafe { p.cast::<[f32; 4]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn store_partial(self, p: *mut f32, n: usize) {
        for (i, lane) in self.0.iter().enumerate().take(n) {
            unsafe { *p.add(i) = *lane };
        }
    }
    #[inline(always)]
    unsafe fn add(self, o: Self) -> Self {
        self.zip(o, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, o: Self) -> Self {
        self.zip(o, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, o: Self) -> Self {
        self.zip(o, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn div(self, o: Self) -> Self {
        self.zip(o, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn scale_exponent(self, n: Self) -> Self {
        self.zip(n, |x, n| f32::from_bits(x.to_bits().wrapping_add(n.to_bits() << 23)))
    }
    #[inline(always)]
    unsafe fn max(self, o: Self) -> Self {
        self.zip(o, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn min(self, o: Self) -> Self {
        self.zip(o, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn mul_add(self, a: Self, b: Self) -> Self {
        // Fused where the machine always has it; elsewhere `f32::mul_add` would be a library call.
        let step = |s: f32, a: f32, b: f32| if cfg!(target_arch = "aarch64") { a.mul_add(b, s) } else { s + a * b };
        Plain(std::array::from_fn(|i| step(self.0[i], a.0[i], b.0[i])))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Kernel, Lanes};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")]
    pub(super) unsafe fn run_avx512<K: Kernel>(kernel: K) {
        // SAFETY: the caller of `dispatch` vouches for both.
        unsafe { kernel.run::<__m512>() }
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) unsafe fn run_avx2<K: Kernel>(kernel: K) {
        // SAFETY: the caller of `dispatch` vouches for both.
        unsafe { kernel.run::<__m256>() }
    }

    // SAFETY of all intrinsics below: the trait's contract.
    impl Lanes for __m512 {
        const WIDTH: usize = 16;
        const ROWS: usize = 14;
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            unsafe { _mm512_set1_ps(x) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { _mm512_loadu_ps(p) }
        }
        #[inline(always)]
        unsafe fn load_partial(p: *const f32, n: usize) -> Self {
            // A masked register that reaches into the next cache line waits for it, though nothing there is asked for.
            unsafe {
                match n {
                    4 => _mm512_zextps128_ps512(_mm_loadu_ps(p)),
                    8 => _mm512_zextps256_ps512(_mm256_loadu_ps(p)),
                    ..8 => _mm512_zextps256_ps512(_mm256_maskz_loadu_ps(first_lanes(n) as u8, p)),
                    _ => _mm512_maskz_loadu_ps(first_lanes(n), p),
                }
            }
        }
        #[inline(always)]
        unsafe fn load_f16(p: *const u16) -> Self {
            unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(p.cast())) }
        }
        #[inline(always)]
        unsafe fn load_bf16(p: *const u16) -> Self {
            unsafe {
                let wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(p.cast()));
                _mm512_castsi512_ps(_mm512_slli_epi32::<16>(wide))
            }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe { _mm512_storeu_ps(p, self) }
        }
        #[inline(always)]
        unsafe fn store_partial(self, p: *mut f32, n: usize) {
            unsafe {
                match n {
                    4 => _mm_storeu_ps(p, _mm512_castps512_ps128(self)),
                    8 => _mm256_storeu_ps(p, _mm512_castps512_ps256(self)),
                    ..8 => _mm256_mask_storeu_ps(p, first_lanes(n) as u8, _mm512_castps512_ps256(self)),
                    _ => _mm512_mask_storeu_ps(p, first_lanes(n), self),
                }
            }
        }
        #[inline(always)]
        unsafe fn add(self, o: Self) -> Self {
            unsafe { _mm512_add_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn sub(self, o: Self) -> Self {
            unsafe { _mm512_sub_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn mul(self, o: Self) -> Self {
            unsafe { _mm512_mul_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn div(self, o: Self) -> Self {
            unsafe { _mm512_div_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn scale_exponent(self, n: Self) -> Self {
            unsafe {
                let exponent = _mm512_slli_epi32::<23>(_mm512_castps_si512(n));
                _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(self), exponent))
            }
        }
        #[inline(always)]
        unsafe fn max(self, o: Self) -> Self {
            unsafe { _mm512_max_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn min(self, o: Self) -> Self {
            unsafe { _mm512_min_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { _mm512_fmadd_ps(a, b, self) }
        }
    }

    #[inline(always)]
    fn first_lanes(n: usize) -> u16 {
        if n >= 16 { u16::MAX } else { (1 << n) - 1 }
    }

    impl Lanes for __m256 {
        const WIDTH: usize = 8;
        const ROWS: usize = 6;
        #[inline(always)]
        unsafe fn splat(x: f32) -> Self {
            unsafe { _mm256_set1_ps(x) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { _mm256_loadu_ps(p) }
        }
        #[inline(always)]
        unsafe fn load_partial(p: *const f32, n: usize) -> Self {
            unsafe {
                if n == 4 {
                    return _mm256_zextps128_ps256(_mm_loadu_ps(p));
                }
                _mm256_maskload_ps(p, first_of_eight(n))
            }
        }
        #[inline(always)]
        unsafe fn load_f16(p: *const u16) -> Self {
            unsafe { _mm256_cvtph_ps(_mm_loadu_si128(p.cast())) }
        }
        #[inline(always)]
        unsafe fn load_bf16(p: *const u16) -> Self {
            unsafe {
                let wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(p.cast()));
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(wide))
            }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe { _mm256_storeu_ps(p, self) }
        }
        #[inline(always)]
        unsafe fn store_partial(self, p: *mut f32, n: usize) {
            // In parts: masked stores take tens of cycles on many processors.
            unsafe {
                let (mut p, mut part) = (p, _mm256_castps256_ps128(self));
                if n >= 8 {
                    return self.store(p);
                }
                if n & 4 != 0 {
                    _mm_storeu_ps(p, part);
                    (p, part) = (p.add(4), _mm256_extractf128_ps::<1>(self));
                }
                if n & 2 != 0 {
                    _mm_store_sd(p.cast(), _mm_castps_pd(part));
                    (p, part) = (p.add(2), _mm_movehl_ps(part, part));
                }
                if n & 1 != 0 {
                    _mm_store_ss(p, part);
                }
            }
        }
        #[inline(always)]
        unsafe fn add(self, o: Self) -> Self {
            unsafe { _mm256_add_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn sub(self, o: Self) -> Self {
            unsafe { _mm256_sub_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn mul(self, o: Self) -> Self {
            unsafe { _mm256_mul_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn div(self, o: Self) -> Self {
            unsafe { _mm256_div_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn scale_exponent(self, n: Self) -> Self {
            unsafe {
                let exponent = _mm256_slli_epi32::<23>(_mm256_castps_si256(n));
                _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(self), exponent))
            }
        }
        #[inline(always)]
        unsafe fn max(self, o: Self) -> Self {
            unsafe { _mm256_max_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn min(self, o: Self) -> Self {
            unsafe { _mm256_min_ps(self, o) }
        }
        #[inline(always)]
        unsafe fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { _mm256_fmadd_ps(a, b, self) }
        }
    }

    #[inline(always)]
    unsafe fn first_of_eight(n: usize) -> __m256i {
        unsafe {
            let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), lane)
        }
    }
}
