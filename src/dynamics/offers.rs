//! What of a figure swings by its file and what an artist could let swing, by name: what a list is made from.

use super::{Chains, Settings, Stuff};
use crate::figure::Figure;

/// Joints of one name (but for numbers) that swing together with all that hangs on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What stands for their names.
    pub name: String,
    /// The joints' names.
    pub roots: Vec<String>,
    /// How many joints swing.
    pub joints: usize,
    /// What they would carry, if it is for the artist to say; `None`: the file says that they swing.
    pub marks: Option<Stuff>,
}

/// Words in the names of what hangs otherwise than hair, in figures' languages.
const WORDS: [(Stuff, &[&str]); 2] = [
    (Stuff::Skirt, &["skirt", "coat", "cape", "cloak", "dress", "mantle", "hem", "スカート", "コート", "マント", "裾"]),
    (Stuff::Ribbon, &["ribbon", "tie", "scarf", "string", "sleeve", "リボン", "タイ", "紐", "ひも", "袖", "帯"]),
];
/// Words in the names of joints that only help others.
const HELPERS: [&str; 8] = ["twist", "roll", "helper", "ik", "捩", "補助", "dummy", "ダミー"];

/// What swings of a figure by its file, then what could: joints that carry some of its surface, are no part of the body and
/// move with nothing else.
pub fn offers(figure: &Figure) -> Vec<Offer> {
    let by_file = Chains::new(figure, &Settings::default());
    let count = figure.joints.len();
    let parent = |joint: usize| figure.joints[joint].parent.map(|parent| parent as usize);
    let mut swings = vec![false; count];
    by_file.joints().into_iter().for_each(|joint| swings[joint as usize] = true);
    // The joint that swings first above each one that does.
    let mut root: Vec<Option<usize>> = vec![None; count];
    let mut found: Vec<Offer> = Vec::new();
    for joint in 0..count {
        let above = parent(joint).and_then(|parent| root[parent]);
        root[joint] = above.or(swings[joint].then_some(joint));
        if swings[joint] {
            add(&mut found, figure, root[joint].unwrap_or(joint), joint, None);
        }
    }
    let could = could_swing(figure, &root);
    let mut marked: Vec<Option<usize>> = vec![None; count];
    let mut more: Vec<Offer> = Vec::new();
    for joint in 0..count {
        marked[joint] = parent(joint).and_then(|parent| marked[parent]).or(could[joint].then_some(joint));
        if let (Some(root), true) = (marked[joint], could[joint]) {
            add(&mut more, figure, root, joint, Some(stuff(&figure.joints[root].name)));
        }
    }
    found.extend(more);
    found
}

/// Counts a joint that swings with `root`.
fn add(offers: &mut Vec<Offer>, figure: &Figure, root: usize, joint: usize, marks: Option<Stuff>) {
    let name = &figure.joints[root].name;
    let plain = without_numbers(name);
    let i = offers.iter().position(|offer| offer.name == plain && offer.marks == marks).unwrap_or_else(|| {
        offers.push(Offer { name: plain, roots: Vec::new(), joints: 0, marks });
        offers.len() - 1
    });
    offers[i].joints += 1;
    if joint == root {
        offers[i].roots.push(name.clone());
    }
}

/// For each joint whether an artist could let it swing.
fn could_swing(figure: &Figure, swings: &[Option<usize>]) -> Vec<bool> {
    let mut carries = vec![false; figure.joints.len()];
    for vertex in &figure.vertices {
        for (&bind, _) in vertex.binds.iter().zip(&vertex.weights).filter(|(_, weight)| **weight > 0.0) {
            figure.binds.get(bind as usize).into_iter().for_each(|bind| carries[bind.joint as usize] = true);
        }
    }
    // What moves by something else, and what carries the body.
    let mut taken: Vec<bool> = (0..figure.joints.len())
        .map(|joint| figure.humanoid.bone_at(joint as u32).is_some() || swings[joint].is_some())
        .collect();
    let appended = figure.appends.iter().map(|append| append.joint);
    let led = figure.constraints.iter().map(|constraint| constraint.joint);
    appended.chain(led).for_each(|joint| taken[joint as usize] = true);
    for joint in (0..figure.joints.len()).rev() {
        let own = &figure.joints[joint];
        let name = own.name.to_lowercase();
        taken[joint] |= !own.may_rotate || HELPERS.iter().any(|word| name.contains(word));
        if let Some(parent) = own.parent {
            carries[parent as usize] |= carries[joint] && !taken[joint];
            taken[parent as usize] |= taken[joint];
        }
    }
    let body = |joint: usize| {
        std::iter::successors(figure.joints[joint].parent, |&j| figure.joints[j as usize].parent)
            .any(|j| figure.humanoid.bone_at(j).is_some())
    };
    (0..figure.joints.len()).map(|joint| carries[joint] && !taken[joint] && body(joint)).collect()
}

/// What a joint carries, by its name.
fn stuff(name: &str) -> Stuff {
    let name = name.to_lowercase();
    let said = WORDS.iter().find(|(_, words)| words.iter().any(|word| name.contains(word)));
    said.map_or(Stuff::Hair, |(stuff, _)| *stuff)
}

/// `J_Sec_Hair1_01` as `J_Sec_Hair`: what the joints of one lock, and often the locks, share.
fn without_numbers(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_numeric()).collect();
    let plain = plain.trim_matches([' ', '_', '-', '.']).trim();
    if plain.is_empty() { name.to_owned() } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::MarkedChain;
    use crate::figure::{Bind, HumanBone, Joint, Vertex};
    use glam::{Mat4, Vec2, Vec3, Vec4};

    /// A head with hair, a twist helper, a joint that carries nothing, and hair that is part of nothing.
    fn figure() -> Figure {
        let names = ["root", "head", "hair_1", "hair_1_2", "hair_2", "headTwist", "empty", "Skirt", "loose"];
        let parents = [None, Some(0), Some(1), Some(2), Some(1), Some(1), Some(1), Some(1), Some(0)];
        let joints = names.iter().zip(parents).map(|(name, parent)| Joint::new(name, parent, Vec3::Y));
        let mut figure = Figure { joints: joints.collect(), ..Figure::default() };
        figure.humanoid.set(HumanBone::Head, 1);
        for (i, joint) in [1, 3, 4, 5, 7, 8].into_iter().enumerate() {
            figure.binds.push(Bind { joint, inverse_bind: Mat4::IDENTITY });
            figure.vertices.push(Vertex {
                position: Vec3::ZERO,
                normal: Vec3::Y,
                uv: Vec2::ZERO,
                colour: Vec4::ONE,
                binds: [i as u16, 0, 0, 0],
                weights: [1.0, 0.0, 0.0, 0.0],
            });
        }
        figure
    }

    #[test]
    fn what_could_swing_is_named_once() {
        let offer = |name: &str, roots: &[&str], joints, marks| Offer {
            name: name.into(),
            roots: roots.iter().map(|root| (*root).to_owned()).collect(),
            joints,
            marks,
        };
        let hair = offer("hair", &["hair_1", "hair_2"], 3, Some(Stuff::Hair));
        assert_eq!(offers(&figure()), [hair, offer("Skirt", &["Skirt"], 1, Some(Stuff::Skirt))]);
        // All that is offered swings when it is marked.
        for offer in offers(&figure()) {
            let mark = |root: &String| MarkedChain { root: root.clone(), stuff: Stuff::Hair, feel: Default::default() };
            let settings = Settings { chains: offer.roots.iter().map(mark).collect(), ..Settings::default() };
            assert_eq!(Chains::new(&figure(), &settings).joints().len(), offer.joints);
        }
    }
}
