//! The names that senders have for bones and expressions: Unity's and VRM 0's, and VRM 1's.

use crate::figure::{Figure, HumanBone, vrm_presets};
use crate::pose::Pose;

/// No name of a bone or an expression is longer, bytes.
pub(super) const LONGEST_NAME: usize = 64;

/// Whose names for the thumb's bones a sender has. The three are proximal, intermediate and distal in Unity and VRM 0,
/// metacarpal, proximal and distal in VRM 1; so two names mean different bones, and only the third tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bones {
    metacarpals: bool,
}

impl Bones {
    /// The bone of a name; case, spaces and underscores don't count.
    pub(super) fn bone(&mut self, name: &str) -> Option<HumanBone> {
        let mut name = plain(name);
        self.metacarpals |= name.ends_with("thumbmetacarpal");
        self.metacarpals &= !name.ends_with("thumbintermediate");
        if !self.metacarpals {
            // From the finger's end on, so that none is changed twice.
            for (unity, vrm) in [("thumbproximal", "thumbmetacarpal"), ("thumbintermediate", "thumbproximal")] {
                if let Some(side) = name.strip_suffix(unity) {
                    name = format!("{side}{vrm}");
                    break;
                }
            }
        }
        HumanBone::ALL.into_iter().find(|bone| bone.name().eq_ignore_ascii_case(&name))
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// What poses call an expression; one that is no preset (Perfect Sync's 52 and others) keeps its name.
pub(super) fn expression(name: &str) -> String {
    vrm_presets::find(name).unwrap_or(name).to_owned()
}

/// Gives expressions the names that `figure` has for them, where nothing but case tells the two apart.
pub fn call_as(pose: &mut Pose, figure: &Figure) {
    let known = |name: &str| figure.expressions.iter().any(|expression| expression.name == name);
    let strange: Vec<String> = pose.expressions.keys().filter(|name| !known(name)).cloned().collect();
    for name in strange {
        let like = figure.expressions.iter().find(|expression| expression.name.eq_ignore_ascii_case(&name));
        let Some(like) = like else { continue };
        if let Some(weight) = pose.expressions.remove(&name) {
            pose.expressions.entry(like.name.clone()).or_insert(weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_have_their_names() {
        let mut bones = Bones::default();
        let unity =
            ["Hips", "UpperChest", "LeftUpperLeg", "RightLowerArm", "LeftThumbProximal", "LeftThumbIntermediate"];
        let ours = unity.map(|name| bones.bone(name).unwrap().name());
        let expected =
            ["hips", "upperChest", "leftUpperLeg", "rightLowerArm", "leftThumbMetacarpal", "leftThumbProximal"];
        assert_eq!(ours, expected);
        assert_eq!(bones.bone("LeftThumbDistal"), Some(HumanBone::LeftThumbDistal));
        assert_eq!(bones.bone("leftIndexIntermediate"), Some(HumanBone::LeftIndexIntermediate));
        assert_eq!(bones.bone("LeftTail"), None);
        // VRM 1: who has a metacarpal means the next one by proximal.
        for bone in HumanBone::ALL {
            assert_eq!(bones.bone(bone.name()), Some(bone), "{bone:?}");
        }
        assert_eq!(bones.bone("leftThumbProximal"), Some(HumanBone::LeftThumbProximal));
        // And back again, with another sender's figure.
        bones.bone("RightThumbIntermediate");
        assert_eq!(bones.bone("RightThumbProximal"), Some(HumanBone::RightThumbMetacarpal));

        for (sent, ours) in [
            ("Joy", "happy"),
            ("happy", "happy"),
            ("SORROW", "sad"),
            ("Fun", "relaxed"),
            ("A", "aa"),
            ("O", "oh"),
            ("Blink_L", "blinkLeft"),
            ("blinkRight", "blinkRight"),
            ("BLINK", "blink"),
            ("LookUp", "lookUp"),
            ("JawOpen", "JawOpen"),
        ] {
            assert_eq!(expression(sent), ours);
        }
    }

    #[test]
    fn a_figures_own_expressions_are_found_whatever_their_case() {
        let mut figure = crate::live::tests::mio();
        figure.expressions[0].name = "jawOpen".into();
        let expressions = [("JawOpen".to_owned(), 0.5), ("other".to_owned(), 1.0)].into();
        let mut pose = Pose { expressions, ..Pose::default() };
        call_as(&mut pose, &figure);
        assert_eq!(pose.expressions, [("jawOpen".to_owned(), 0.5), ("other".to_owned(), 1.0)].into());
    }
}
