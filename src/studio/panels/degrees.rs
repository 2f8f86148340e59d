//! Angles as people read them: whole degrees, and no minus before a zero.

use egui::DragValue;

/// A field for an angle in degrees.
pub(super) fn degrees_field(value: &mut f32) -> DragValue<'_> {
    let field = DragValue::new(value).speed(0.5).fixed_decimals(0).suffix("°");
    field.custom_formatter(|value, _| format!("{}", whole(value)))
}

/// `+12°`, `-3°`, `0°`.
pub(super) fn signed_degrees(value: f32) -> String {
    match whole(f64::from(value)) {
        0 => "0°".into(),
        value => format!("{value:+}°"),
    }
}

fn whole(degrees: f64) -> i64 {
    degrees.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_has_no_sign() {
        for nearly in [0.0, -0.0, 0.4, -0.4, -1e-9] {
            assert_eq!((whole(nearly), signed_degrees(nearly as f32)), (0, "0°".into()));
        }
        assert_eq!([-0.6, 7.0, 15.4].map(signed_degrees), ["-1°", "+7°", "+15°"]);
    }
}
