//! Colours for a map of differences: lighter is always more, evenly to the eye, also in grey and to those who don't
//! tell red from green.

use super::light::{of_lab, stored, to_linear};

/// 256 colours from black over violet, red and orange to pale yellow: lightness rises evenly while the hue turns.
pub(super) fn table() -> [[u8; 4]; 256] {
    std::array::from_fn(|i| {
        let t = i as f64 / 255.0;
        let (lightness, hue) = (96.0 * t, (300.0 + 165.0 * t).to_radians());
        // Nothing is colourful that is nearly black or nearly white; what screens can't show is paler.
        let mut colourful = 95.0 * (std::f64::consts::PI * t.powf(0.85)).sin().max(0.0) + 12.0 * t;
        loop {
            let rgb = to_linear(of_lab([lightness, colourful * hue.cos(), colourful * hue.sin()]));
            if colourful < 1.0 || rgb.iter().all(|v| (-1e-3..=1.001).contains(v)) {
                let [r, g, b] = rgb.map(|v| (stored(v.clamp(0.0, 1.0)) * 255.0).round() as u8);
                return [r, g, b, 255];
            }
            colourful *= 0.97;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::light::{lab, linear, of_linear};
    use super::*;

    /// L* in [0, 100].
    fn lightness([r, g, b, _]: [u8; 4]) -> f64 {
        lab(of_linear([r, g, b].map(|v| linear(f64::from(v) / 255.0))))[0]
    }

    #[test]
    fn lightness_rises_evenly_from_black() {
        let table = table();
        assert_eq!(table[0], [0, 0, 0, 255]);
        for (i, shade) in table.iter().enumerate() {
            assert!((lightness(*shade) - 96.0 * i as f64 / 255.0).abs() < 1.0, "{i}: {shade:?}");
        }
    }
}
