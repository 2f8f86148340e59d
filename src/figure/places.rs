//! Places of the body that have names, for whoever points at a drawing.

use glam::Vec3;

/// The places, as landmarks ([`super::landmarks::MapPreset::default()`]) of the built-in figure, whose build is a usual one.
/// Left and right are the body's own.
pub const PLACES: [(&str, [f32; 3]); 27] = [
    ("top of the head", [0.5, 0.875, 0.513]),
    ("forehead", [0.5, 0.81, 0.561]),
    ("left eye", [0.521, 0.778, 0.546]),
    ("right eye", [0.479, 0.778, 0.546]),
    ("nose", [0.5, 0.765, 0.551]),
    ("chin", [0.5, 0.738, 0.55]),
    ("back of the head", [0.5, 0.778, 0.426]),
    ("nape", [0.5, 0.71, 0.423]),
    ("chest", [0.5, 0.62, 0.555]),
    ("back", [0.5, 0.62, 0.419]),
    ("navel", [0.5, 0.55, 0.546]),
    ("hips", [0.5, 0.49, 0.565]),
    ("seat", [0.5, 0.49, 0.438]),
    ("left shoulder", [0.567, 0.679, 0.492]),
    ("right shoulder", [0.433, 0.679, 0.492]),
    ("left elbow", [0.69, 0.669, 0.492]),
    ("right elbow", [0.31, 0.669, 0.492]),
    ("left wrist", [0.805, 0.669, 0.492]),
    ("right wrist", [0.195, 0.669, 0.492]),
    ("left fingertips", [0.878, 0.669, 0.486]),
    ("right fingertips", [0.122, 0.669, 0.486]),
    ("left knee", [0.539, 0.25, 0.527]),
    ("right knee", [0.461, 0.25, 0.527]),
    ("left toes", [0.539, 0.038, 0.548]),
    ("right toes", [0.461, 0.038, 0.548]),
    ("left heel", [0.539, 0.038, 0.465]),
    ("right heel", [0.461, 0.038, 0.465]),
];

/// The landmark of a place by its name (case, hyphens and underlines don't matter), or as three numbers from 0 to 1.
///
/// # Errors
/// A sentence with the names that there are.
pub fn place(text: &str) -> Result<Vec3, String> {
    let plain = text.trim().to_lowercase().replace(['-', '_'], " ");
    if let Some((_, landmark)) = PLACES.iter().find(|(name, _)| *name == plain) {
        return Ok(Vec3::from(*landmark));
    }
    let numbers: Vec<f32> = plain.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    match numbers[..] {
        [x, y, z] if numbers.iter().all(|v| (0.0..=1.0).contains(v)) => Ok(Vec3::new(x, y, z)),
        _ => {
            let names: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
            Err(format!(
                "`{}` is no place of the body: use {}, or a landmark as three numbers from 0 to 1, for example 0.5,0.76,0.55",
                text.trim(),
                names.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_name_or_number() {
        assert_eq!(place("Left-Elbow"), Ok(Vec3::new(0.69, 0.669, 0.492)));
        assert_eq!(place("0.5, 0.25,1"), Ok(Vec3::new(0.5, 0.25, 1.0)));
        for wrong in ["tail", "0.5,0.5", "0.5,0.5,2", "0,0,NaN", ""] {
            assert!(place(wrong).unwrap_err().contains("left elbow"), "{wrong}");
        }
    }

    #[test]
    fn the_left_mirrors_the_right() {
        for (name, [x, y, z]) in PLACES {
            let Some(part) = name.strip_prefix("left ") else { continue };
            let other = place(&format!("right {part}")).unwrap();
            assert!(x > 0.5 && (other - Vec3::new(1.0 - x, y, z)).length() < 1e-6, "{name}");
        }
    }
}
