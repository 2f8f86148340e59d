//! A jointed doll made of tubes: any build, any local bone axes, any bones missing.

use glam::{Mat4, Quat, Vec2, Vec3, Vec4};
use settei::figure::{Bind, Figure, HumanBone, Joint, Material, Submesh, Vertex};
use std::collections::BTreeMap;

pub(crate) struct Build {
    /// Multiplies all lengths.
    pub(crate) size: f32,
    /// Multiplies the lengths of legs and arms once more.
    pub(crate) limbs: f32,
    /// How far the arms hang below the horizontal at rest.
    pub(crate) arms_down_deg: f32,
    /// Seed of the local axes; 0: all parallel to the figure's own.
    pub(crate) axes: u32,
    pub(crate) without: &'static [HumanBone],
    /// A joint that is no human bone above every human bone.
    pub(crate) helpers: bool,
}

impl Default for Build {
    fn default() -> Self {
        Self { size: 1.0, limbs: 1.0, arms_down_deg: 0.0, axes: 0, without: &[], helpers: false }
    }
}

/// Bone, parent-relative place of its joint, half width and half depth where it begins, the same where it ends.
/// The left side stands for both. The last bone of a chain ends `TIPS` further on.
type Part = (HumanBone, [f32; 3], [f32; 2], [f32; 2]);

#[rustfmt::skip]
const PARTS: [Part; 33] = {
    use HumanBone::*;
    [
        (Hips, [0.0, 0.90, 0.0], [0.14, 0.10], [0.11, 0.085]),
        (Spine, [0.0, 0.09, 0.0], [0.10, 0.08], [0.10, 0.085]),
        (Chest, [0.0, 0.11, 0.0], [0.11, 0.09], [0.13, 0.095]),
        (UpperChest, [0.0, 0.11, 0.0], [0.13, 0.095], [0.10, 0.07]),
        (Neck, [0.0, 0.12, 0.0], [0.045, 0.045], [0.045, 0.045]),
        (Head, [0.0, 0.07, 0.0], [0.09, 0.10], [0.10, 0.11]),
        (LeftShoulder, [0.03, 0.07, 0.0], [0.05, 0.05], [0.05, 0.05]),
        (LeftUpperArm, [0.11, 0.0, 0.0], [0.045, 0.045], [0.036, 0.036]),
        (LeftLowerArm, [0.25, 0.0, 0.0], [0.036, 0.036], [0.026, 0.026]),
        (LeftHand, [0.22, 0.0, 0.0], [0.018, 0.03], [0.014, 0.04]),
        (LeftUpperLeg, [0.085, -0.04, 0.0], [0.085, 0.085], [0.06, 0.06]),
        (LeftLowerLeg, [0.0, -0.38, 0.0], [0.06, 0.06], [0.036, 0.036]),
        (LeftFoot, [0.0, -0.40, -0.01], [0.04, 0.04], [0.04, 0.025]),
        (LeftToes, [0.0, -0.05, 0.13], [0.04, 0.025], [0.03, 0.02]),
        (LeftThumbMetacarpal, [0.02, -0.005, 0.02], [0.012, 0.012], [0.01, 0.01]),
        (LeftThumbProximal, [0.03, 0.0, 0.025], [0.01, 0.01], [0.01, 0.01]),
        (LeftThumbDistal, [0.022, 0.0, 0.018], [0.01, 0.01], [0.008, 0.008]),
        (LeftIndexProximal, [0.085, 0.0, 0.03], [0.009, 0.009], [0.009, 0.009]),
        (LeftIndexIntermediate, [0.035, 0.0, 0.0], [0.009, 0.009], [0.008, 0.008]),
        (LeftIndexDistal, [0.024, 0.0, 0.0], [0.008, 0.008], [0.007, 0.007]),
        (LeftMiddleProximal, [0.088, 0.0, 0.01], [0.009, 0.009], [0.009, 0.009]),
        (LeftMiddleIntermediate, [0.038, 0.0, 0.0], [0.009, 0.009], [0.008, 0.008]),
        (LeftMiddleDistal, [0.026, 0.0, 0.0], [0.008, 0.008], [0.007, 0.007]),
        (LeftRingProximal, [0.085, 0.0, -0.011], [0.009, 0.009], [0.009, 0.009]),
        (LeftRingIntermediate, [0.035, 0.0, 0.0], [0.009, 0.009], [0.008, 0.008]),
        (LeftRingDistal, [0.024, 0.0, 0.0], [0.008, 0.008], [0.007, 0.007]),
        (LeftLittleProximal, [0.08, 0.0, -0.031], [0.008, 0.008], [0.008, 0.008]),
        (LeftLittleIntermediate, [0.028, 0.0, 0.0], [0.008, 0.008], [0.007, 0.007]),
        (LeftLittleDistal, [0.019, 0.0, 0.0], [0.007, 0.007], [0.006, 0.006]),
        (LeftEye, [0.03, 0.06, 0.08], [0.0, 0.0], [0.0, 0.0]),
        (Jaw, [0.0, 0.05, 0.10], [0.025, 0.025], [0.012, 0.012]),
        (RightEye, [0.0, 0.0, 0.0], [0.0, 0.0], [0.0, 0.0]),
        (RightHand, [0.0, 0.0, 0.0], [0.0, 0.0], [0.0, 0.0]),
    ]
};

/// A figure of that build.
pub(crate) fn mannequin(build: &Build) -> Figure {
    let mut figure = Figure { name: "mannequin".into(), ..Figure::default() };
    let places = places(build);
    let mut random = build.axes;
    let mut axes = || {
        if build.axes == 0 {
            return Quat::IDENTITY;
        }
        let mut next = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((random >> 16) as u16) / 32768.0 - 1.0
        };
        Quat::from_xyzw(next(), next(), next(), next()).normalize()
    };
    // World rotation of every joint made so far.
    let mut world: Vec<(Vec3, Quat)> = Vec::new();
    let mut add = |figure: &mut Figure, name: &str, parent: Option<u32>, place: Vec3, rotation: Quat| {
        let (above, turn) = parent.map_or((Vec3::ZERO, Quat::IDENTITY), |p| world[p as usize]);
        figure.joints.push(Joint {
            name: name.into(),
            parent,
            translation: turn.inverse() * (place - above),
            rotation: turn.inverse() * rotation,
            scale: Vec3::ONE,
            order: 0,
            movable: true,
            may_rotate: true,
            may_translate: true,
        });
        world.push((place, rotation));
        figure.joints.len() as u32 - 1
    };
    let root = add(&mut figure, "root", None, Vec3::ZERO, axes());
    for bone in HumanBone::ALL {
        let Some(&(place, ..)) = places.get(&bone).filter(|_| !build.without.contains(&bone)) else { continue };
        let above = std::iter::successors(bone.parent(), |b| b.parent()).find_map(|b| figure.humanoid.joint(b));
        let mut parent = above.unwrap_or(root);
        if build.helpers {
            let between = places.get(&bone.parent().unwrap_or(bone)).map_or(place, |p| p.0.lerp(place, 0.5));
            parent = add(&mut figure, &format!("{} helper", bone.name()), Some(parent), between, axes());
        }
        let joint = add(&mut figure, bone.name(), Some(parent), place, axes());
        figure.humanoid.set(bone, joint);
    }
    figure.binds = (0..world.len())
        .map(|j| Bind {
            joint: j as u32,
            inverse_bind: Mat4::from_rotation_translation(world[j].1, world[j].0).inverse(),
        })
        .collect();
    for (bone, &(place, end, from, to)) in &places {
        let bone = std::iter::successors(Some(*bone), |b| b.parent()).find(|&b| figure.humanoid.joint(b).is_some());
        if let (Some(joint), true) = (bone.and_then(|b| figure.humanoid.joint(b)), from[0] > 0.0) {
            tube(&mut figure, joint as u16, [place, end], [from, to].map(|r| r.map(|r| r * build.size)));
        }
    }
    figure.materials.push(Material { base_colour: Vec4::new(0.6, 0.55, 0.5, 1.0), ..Material::default() });
    figure.submeshes.push(Submesh { name: "body".into(), first: 0, count: figure.triangles.len() as u32, material: 0 });
    figure
}

/// Where every bone begins and ends at rest, and how thick it is there.
fn places(build: &Build) -> BTreeMap<HumanBone, (Vec3, Vec3, [f32; 2], [f32; 2])> {
    let part = |bone: HumanBone| PARTS.iter().find(|p| p.0 == bone || p.0 == bone.mirrored()).filter(|p| p.2[0] > 0.0);
    let lower = |bone: HumanBone, offset: Vec3| {
        use HumanBone::*;
        let name = bone.name();
        let scaled = if ["Leg", "Foot", "LowerArm", "leftHand", "rightHand"].iter().any(|n| name.ends_with(n)) {
            offset * build.limbs
        } else {
            offset
        };
        let on_arm =
            std::iter::successors(bone.parent(), |b| b.parent()).any(|b| b == LeftUpperArm || b == RightUpperArm);
        if !on_arm {
            return scaled;
        }
        let down = build.arms_down_deg.to_radians() * if name.starts_with("left") { -1.0 } else { 1.0 };
        Quat::from_rotation_z(down) * scaled
    };
    let mut begins: BTreeMap<HumanBone, Vec3> = BTreeMap::new();
    for bone in HumanBone::ALL {
        let Some(&(named, offset, ..)) = part(bone) else { continue };
        let mut offset = Vec3::from(offset);
        if named != bone {
            offset.x = -offset.x;
        }
        if bone == HumanBone::Hips {
            // Legs of any length stand on the same floor.
            offset.y = 0.04 + 0.86 * build.limbs + 0.0 * offset.y;
        }
        let above = bone.parent().map_or(Vec3::ZERO, |p| begins[&p]);
        begins.insert(bone, above + lower(bone, offset * build.size));
    }
    let ends = |bone: HumanBone| {
        use HumanBone::*;
        let next = HumanBone::ALL.into_iter().filter(|b| b.parent() == Some(bone) && begins.contains_key(b));
        let begin = begins[&bone];
        match bone {
            Head => begin + Vec3::Y * 0.15 * build.size,
            Hips => begins[&Spine],
            UpperChest => begins[&Neck],
            LeftHand => begins[&LeftMiddleProximal],
            RightHand => begins[&RightMiddleProximal],
            LeftToes | RightToes => begin + Vec3::Z * 0.05 * build.size,
            _ => next.map(|b| begins[&b]).next().unwrap_or_else(|| {
                let back = begin - bone.parent().map_or(begin, |p| begins[&p]);
                begin + 0.9 * back
            }),
        }
    };
    begins.keys().filter_map(|&bone| part(bone).map(|p| (bone, (begins[&bone], ends(bone), p.2, p.3)))).collect()
}

/// A closed tube of eight sides with rounded ends, all of it bound to one joint.
fn tube(figure: &mut Figure, joint: u16, [from, to]: [Vec3; 2], [begin, end]: [[f32; 2]; 2]) {
    const SIDES: u32 = 8;
    let along = (to - from).normalize();
    let depth = if along.z.abs() > 0.8 { Vec3::Y } else { Vec3::Z };
    let depth = (depth - depth.dot(along) * along).normalize();
    let width = depth.cross(along);
    let first = figure.vertices.len() as u32;
    let ring = |share: f32, at: Vec3, [w, d]: [f32; 2]| {
        (0..SIDES).map(move |i| {
            let (sin, cos) = (i as f32 * std::f32::consts::TAU / SIDES as f32).sin_cos();
            (at + share * (cos * w * width + sin * d * depth), cos * width + sin * depth)
        })
    };
    let reach = |r: [f32; 2]| 0.7 * r[0].min(r[1]);
    let rings = [
        (0.15, from - along * reach(begin), begin),
        (0.75, from - along * 0.6 * reach(begin), begin),
        (1.0, from, begin),
        (1.0, to, end),
        (0.75, to + along * 0.6 * reach(end), end),
        (0.15, to + along * reach(end), end),
    ];
    for (share, at, radii) in rings {
        figure.vertices.extend(ring(share, at, radii).map(|(position, normal)| Vertex {
            position,
            normal,
            uv: Vec2::ZERO,
            colour: Vec4::ONE,
            binds: [joint, 0, 0, 0],
            weights: [1.0, 0.0, 0.0, 0.0],
        }));
    }
    for r in 0..rings.len() as u32 - 1 {
        for i in 0..SIDES {
            let [a, b] = [i, (i + 1) % SIDES].map(|i| first + r * SIDES + i);
            figure.triangles.push([a, b, b + SIDES]);
            figure.triangles.push([a, b + SIDES, a + SIDES]);
        }
    }
    for i in 1..SIDES - 1 {
        let last = first + (rings.len() as u32 - 1) * SIDES;
        figure.triangles.push([first, first + i + 1, first + i]);
        figure.triangles.push([last, last + i, last + i + 1]);
    }
}
