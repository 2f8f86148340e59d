//! The built-in motions: a few keyed poses each, of Settei's own making.

use super::{Clip, Keys};
use serde::Deserialize;

/// Name and file.
const MOTIONS: [(&str, &str); 3] = [
    ("walk", include_str!("../../assets/motions/walk.json")),
    ("wave", include_str!("../../assets/motions/wave.json")),
    ("dance", include_str!("../../assets/motions/dance.json")),
];

/// A motion's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The form's version, 1.
    #[serde(rename = "settei_motion")]
    _version: u64,
    /// Frames a second.
    fps: f64,
    keys: Keys,
}

/// Their names in their usual order.
pub fn names() -> [&'static str; MOTIONS.len()] {
    MOTIONS.map(|(name, _)| name)
}

/// The built-in motion of that name, whatever the case.
pub fn find(name: &str) -> Option<Clip> {
    let (name, text) = MOTIONS.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name.trim()))?;
    let Written { fps, keys, .. } = serde_json::from_str(text).ok()?;
    Some(keys.into_clip(name, fps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Performance;
    use crate::pose::{HumanBone, Posed, Rig, limits};

    #[test]
    fn built_in_motions_move_close_and_keep_to_what_bodies_can_do() {
        let figure = crate::figure::load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap();
        let rig = Rig::new(&figure);
        for name in names() {
            let clip = find(&name.to_uppercase()).unwrap_or_else(|| panic!("{name} can't be read"));
            assert!((20..=200).contains(&clip.frames), "{name}: {} frames", clip.frames);
            let last = clip.frames as i64 - 1;
            assert_eq!(clip.frame(0), clip.frame(last), "{name} ends as it begins");
            let performance = Performance::new(&clip, &figure, &rig);
            let hands = |frame: i64| {
                let moment = performance.at(&figure, clip.seconds(frame));
                let posed = Posed::new(&figure, &rig, moment.pose);
                [HumanBone::LeftHand, HumanBone::RightHand]
                    .map(|bone| posed.place(figure.humanoid.joint(bone).unwrap()))
            };
            let mut farthest = 0.0f32;
            for frame in 0..last {
                let (now, next) = (hands(frame), hands(frame + 1));
                for (now, next) in now.iter().zip(next) {
                    farthest = farthest.max(now.distance(next));
                }
                for (bone, turn) in &clip.frame(frame).bones {
                    let held = limits::clamp(*bone, *turn);
                    let beyond = held.angle_between(*turn).to_degrees();
                    assert!(beyond < 1.0, "{name}, frame {frame}: {bone:?} turns {beyond}° too far");
                }
            }
            assert!((0.01..0.25).contains(&farthest), "{name}: {farthest} m a frame");
        }
        assert!(find("swim").is_none());
    }
}
