//! Colours as light: sRGB's curve and primaries, CIE XYZ with sRGB's white as 1 and CIE Lab.

/// Relative to white.
pub(super) type Xyz = [f64; 3];

/// X, Y and Z of linear red, green and blue (IEC 61966-2-1), and of white.
const XYZ: [[f64; 3]; 3] = [
    [0.412_386_563_252_991_7, 0.357_591_490_920_625_4, 0.180_450_491_203_563_7],
    [0.212_636_821_677_323_84, 0.715_182_981_841_250_7, 0.072_180_196_481_425_47],
    [0.019_330_620_152_483_987, 0.119_197_163_640_208_45, 0.950_372_587_005_435_4],
];
const WHITE: [f64; 3] = [0.950_428_545_377_180_7, 1.0, 1.088_900_370_798_127_7];
/// The way back.
const RGB: [[f64; 3]; 3] = [
    [3.241_003_232_976_358_7, -1.537_398_969_488_785_5, -0.498_615_881_996_363],
    [-0.969_224_252_202_516_6, 1.875_929_983_695_176, 0.041_554_226_340_084_72],
    [0.055_639_419_851_975_44, -0.204_011_206_123_909_97, 1.057_148_977_187_533_5],
];

/// sRGB's curve: light of a stored value in [0, 1].
pub(super) fn linear(v: f64) -> f64 {
    if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// The value to store for light in [0, 1].
pub(super) fn stored(v: f64) -> f64 {
    if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

/// Of linear sRGB.
pub(super) fn of_linear(rgb: [f64; 3]) -> Xyz {
    let xyz = times(&XYZ, rgb);
    [0, 1, 2].map(|i| xyz[i] / WHITE[i])
}

/// To linear sRGB, which may lie outside of [0, 1].
pub(super) fn to_linear(xyz: Xyz) -> [f64; 3] {
    times(&RGB, [0, 1, 2].map(|i| xyz[i] * WHITE[i]))
}

/// CIE 1976 L*a*b*.
pub(super) fn lab(xyz: Xyz) -> [f64; 3] {
    const DELTA: f64 = 6.0 / 29.0;
    let curve = |t: f64| if t > DELTA.powi(3) { t.cbrt() } else { t / (3.0 * DELTA * DELTA) + 4.0 / 29.0 };
    let [x, y, z] = xyz.map(curve);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// To relative XYZ.
pub(super) fn of_lab([l, a, b]: [f64; 3]) -> Xyz {
    const DELTA: f64 = 6.0 / 29.0;
    let y = (l + 16.0) / 116.0;
    let curve = |t: f64| if t > DELTA { t.powi(3) } else { 3.0 * DELTA * DELTA * (t - 4.0 / 29.0) };
    [y + a / 500.0, y, y - b / 200.0].map(curve)
}

fn times(matrix: &[[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_there_lead_back() {
        for rgb in [[0.0; 3], [1.0; 3], [0.2, 0.003, 0.9], [0.7, 0.7, 0.01]] {
            let light = rgb.map(linear);
            let back = to_linear(of_lab(lab(of_linear(light)))).map(stored);
            assert!((0..3).all(|i| (back[i] - rgb[i]).abs() < 1e-9), "{rgb:?} {back:?}");
        }
    }

    #[test]
    fn white_has_no_colour_and_red_has() {
        let [l, a, b] = lab(of_linear([1.0; 3]));
        assert!((l - 100.0).abs() < 1e-9 && a.abs() + b.abs() < 1e-9);
        // The textbook's, at six digits of its matrix.
        let red = lab(of_linear([1.0, 0.0, 0.0]));
        assert!([53.24, 80.09, 67.2].iter().zip(red).all(|(known, v)| (known - v).abs() < 0.03), "{red:?}");
    }
}
