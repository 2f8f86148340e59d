//! A model's broken parts: what refers to nothing, to itself or lies nowhere is left out before anything is made of it.

use super::model::{Body, Bone, Model, Morph, Offsets, Tie, Toon};
use crate::figure::faults::Faults;
use glam::Vec3;

/// Makes every reference of `model` one to something that is there, and its bones, appends and groups free of loops.
///
/// # Errors
/// None of its triangles can be drawn.
pub(super) fn mend(model: &mut Model) -> Result<Faults, String> {
    let mut faults = std::mem::take(&mut model.faults);
    faults.add("numbers that are none", model.no_numbers, None);
    triangles(model, &mut faults)?;
    textures(model, &mut faults);
    bones(&mut model.bones, &mut faults);
    weights(model, &mut faults);
    morphs(model, &mut faults);
    bodies(model, &mut faults);
    Ok(faults)
}

/// The one that `reference` means; `None` where that is none. A wrong one becomes −1 and is noted.
fn index(reference: &mut i32, there: usize, faults: &mut Faults, what: &'static str, user: &str) -> Option<usize> {
    let index = usize::try_from(*reference).ok()?;
    if index >= there {
        faults.note_at(what, user);
        *reference = -1;
        return None;
    }
    Some(index)
}

fn triangles(model: &mut Model, faults: &mut Faults) -> Result<(), String> {
    let vertices = &model.vertices;
    let there = |i: &u32| (*i as usize) < vertices.len();
    let placed = |i: &u32| vertices.get(*i as usize).is_some_and(|vertex| vertex.position.is_finite());
    let (mut kept, mut next) = (Vec::with_capacity(model.triangles.len()), 0);
    let (mut cut, mut lost, mut nowhere) = (0, 0, 0);
    let mut wrong = None;
    for material in &mut model.materials {
        let end = model.triangles.len().min(next + material.triangles.min(model.triangles.len()));
        cut += usize::from(end - next < material.triangles);
        let before = kept.len();
        for triangle in &model.triangles[next..end] {
            if let Some(&corner) = triangle.iter().find(|i| !there(i)) {
                wrong.get_or_insert(corner);
                lost += 1;
            } else if triangle.iter().all(placed) {
                kept.push(*triangle);
            } else {
                nowhere += 1;
            }
        }
        material.triangles = kept.len() - before;
        next = end;
    }
    if kept.is_empty() && lost + nowhere > 0 {
        let n = vertices.len();
        return Err(match wrong {
            Some(i) => format!("a triangle has a corner at vertex {i}, and there are {n} vertices"),
            None => "none of its triangles is at a place".into(),
        });
    }
    faults.add("triangles of vertices that aren't there", lost, None);
    faults.add("triangles at no place", nowhere, None);
    faults.add("materials with more triangles than there are", cut, None);
    model.triangles = kept;
    for vertex in model.vertices.iter_mut().filter(|vertex| !vertex.position.is_finite()) {
        vertex.position = Vec3::ZERO;
    }
    Ok(())
}

fn textures(model: &mut Model, faults: &mut Faults) {
    let there = model.textures.len();
    for material in &mut model.materials {
        index(&mut material.texture, there, faults, "textures that aren't listed", &material.name);
        if let Toon::Texture(toon) = &mut material.toon {
            index(toon, there, faults, "toon textures that aren't listed", &material.name);
        }
    }
}

fn weights(model: &mut Model, faults: &mut Faults) {
    // Without any bone, the root that is put in carries all.
    let there = model.bones.len();
    for vertex in model.vertices.iter_mut().filter(|_| there > 0) {
        for (bone, weight) in vertex.bones.iter_mut().zip(&mut vertex.weights) {
            let named = *bone >= 0;
            let unused = *weight <= 0.0;
            if named && *bone as usize >= there {
                faults.add("weights for bones that aren't there", usize::from(!unused), None);
                (*bone, *weight) = (-1, 0.0);
            }
        }
    }
}

fn bones(bones: &mut [Bone], faults: &mut Faults) {
    let there = bones.len();
    let name = |bone: &Bone| bone.name[0].clone();
    let mut parents = Vec::with_capacity(there);
    for bone in bones.iter_mut() {
        let user = name(bone);
        parents.push(index(&mut bone.parent, there, faults, "parents of bones that aren't there", &user));
    }
    for i in cut_loops(&mut parents) {
        faults.note_at("bones that hang on themselves", &bones[i].name[0]);
        bones[i].parent = -1;
    }
    for (i, parent) in parents.iter().enumerate() {
        if !bones[i].position.is_finite() {
            faults.note_at("bones at no place", &bones[i].name[0]);
            let place = parent.map(|parent| bones[parent].position);
            bones[i].position = place.filter(|place| place.is_finite()).unwrap_or(Vec3::ZERO);
        }
    }
    let mut sources = Vec::with_capacity(there);
    for bone in bones.iter_mut() {
        let user = name(bone);
        let append = bone.append.as_mut();
        sources.push(append.and_then(|append| {
            index(&mut append.source, there, faults, "bones that copy one that isn't there", &user)
        }));
        if sources.last() == Some(&None) {
            bone.append = None;
        }
    }
    for i in cut_loops(&mut sources) {
        faults.note_at("bones that copy themselves", &bones[i].name[0]);
        bones[i].append = None;
    }
    for bone in bones.iter_mut() {
        let user = name(bone);
        let Some(ik) = &mut bone.ik else { continue };
        index(&mut ik.effector, there, faults, "IK targets that aren't there", &user);
        ik.links.retain_mut(|link| {
            let none = link.bone < 0;
            index(&mut link.bone, there, faults, "IK links that aren't there", &user).is_some() || none
        });
    }
}

/// Cuts one link of each loop, the one of its lowest member, and lists those.
fn cut_loops(links: &mut [Option<usize>]) -> Vec<usize> {
    /// Not met yet, met by the walk of that number.
    const NEW: usize = usize::MAX;
    let mut walk_of = vec![NEW; links.len()];
    let mut cut = Vec::new();
    for start in 0..links.len() {
        let mut next = Some(start);
        while let Some(i) = next.filter(|&i| walk_of[i] == NEW) {
            walk_of[i] = start;
            next = links[i];
        }
        let Some(met) = next.filter(|&i| walk_of[i] == start) else { continue };
        // A walk that meets itself went round once more at most.
        let mut lowest = met;
        let mut at = links[met];
        while let Some(i) = at.filter(|&i| i != met) {
            lowest = lowest.min(i);
            at = links[i];
        }
        if at == Some(met) {
            links[lowest] = None;
            cut.push(lowest);
        }
    }
    cut
}

fn morphs(model: &mut Model, faults: &mut Faults) {
    let (vertices, bones, materials) = (model.vertices.len(), model.bones.len(), model.materials.len());
    let count = model.morphs.len();
    for Morph { name, offsets, .. } in &mut model.morphs {
        let name = &name[0];
        let mut lost = |before: usize, after: usize, what| faults.add(what, before - after, Some(name));
        match offsets {
            Offsets::Vertices(offsets) => {
                let before = offsets.len();
                offsets.retain(|(i, offset)| (*i as usize) < vertices && offset.is_finite());
                lost(before, offsets.len(), "vertices of morphs that aren't there");
            }
            Offsets::Uvs(offsets) => {
                let before = offsets.len();
                offsets.retain(|(i, offset)| (*i as usize) < vertices && offset.is_finite());
                lost(before, offsets.len(), "vertices of morphs that aren't there");
            }
            Offsets::Bones(offsets) => {
                let before = offsets.len();
                offsets.retain(|(i, offset, _)| *i < bones as i32 && offset.is_finite());
                lost(before, offsets.len(), "bones of morphs that aren't there");
            }
            Offsets::Materials(offsets) => {
                let before = offsets.len();
                offsets.retain(|offset| offset.material < materials as i32);
                lost(before, offsets.len(), "materials of morphs that aren't there");
            }
            Offsets::Group(parts) => {
                let before = parts.len();
                parts.retain(|(i, _)| *i < count as i32);
                lost(before, parts.len(), "morphs of groups that aren't there");
            }
            Offsets::Nothing => {}
        }
    }
    cut_group_loops(&mut model.morphs, faults);
}

/// Bodies that make no sense go, and with them what holds them.
fn bodies(model: &mut Model, faults: &mut Faults) {
    let there = model.bones.len();
    let mut now = Vec::with_capacity(model.bodies.len());
    let mut kept = 0;
    for body in &mut model.bodies {
        index(&mut body.bone, there, faults, "bones of rigid bodies that aren't there", &body.name);
        let Body { shape, size, position, group, mode, .. } = body;
        let sized = size.is_finite() && size.min_element() >= 0.0 && size.max_element() < 1e5;
        let sound = *shape < 3 && *group < 16 && *mode < 3 && sized && position.is_finite();
        if !sound {
            faults.note_at("rigid bodies that make no sense", &body.name);
        }
        now.push(sound.then_some(kept));
        kept += i32::from(sound);
    }
    let mut sound = now.iter().map(Option::is_some);
    model.bodies.retain(|_| sound.next().unwrap_or(false));
    model.ties.retain_mut(|Tie { bodies, name, .. }| {
        let moved = bodies.map(|body| usize::try_from(body).ok().and_then(|body| *now.get(body)?));
        let [Some(a), Some(b)] = moved else {
            faults.note_at("physics joints of bodies that aren't there", name);
            return false;
        };
        *bodies = [a, b];
        a != b
    });
}

/// Takes from each group what leads back to it.
fn cut_group_loops(morphs: &mut [Morph], faults: &mut Faults) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        /// On the way from a start to where the search is.
        Above,
        Done,
    }
    let mut states = vec![State::New; morphs.len()];
    for start in 0..morphs.len() {
        // Group and the next of its parts.
        let mut path = vec![(start, 0)];
        while let Some((group, part)) = path.pop() {
            if part == 0 {
                if states[group] == State::Done {
                    continue;
                }
                states[group] = State::Above;
            }
            let Morph { name, offsets: Offsets::Group(parts), .. } = &mut morphs[group] else {
                states[group] = State::Done;
                continue;
            };
            match parts.get(part).map(|&(driven, _)| usize::try_from(driven).ok()) {
                None => states[group] = State::Done,
                Some(Some(driven)) if states[driven] == State::Above => {
                    faults.note_at("groups of morphs that hold themselves", &name[0]);
                    // −1 is no morph.
                    parts[part].0 = -1;
                    path.push((group, part + 1));
                }
                Some(driven) => {
                    path.push((group, part + 1));
                    path.extend(driven.map(|driven| (driven, 0)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Append, Ik, Link, Vertex};
    use super::*;
    use glam::{Quat, Vec2};

    #[test]
    fn each_loop_is_cut_once_at_its_lowest() {
        for (links, expected) in [
            (&[None, Some(0), Some(1)][..], &[][..]),
            (&[Some(0)], &[0]),
            (&[Some(1), Some(2), Some(1), Some(0)], &[1]),
            (&[Some(3), Some(2), Some(1), Some(0), Some(4), Some(2)], &[0, 1, 4]),
        ] {
            let mut links = links.to_vec();
            assert_eq!(cut_loops(&mut links), expected);
            for i in 0..links.len() {
                assert!(std::iter::successors(Some(i), |&i| links[i]).take(99).count() < 99);
            }
        }
    }

    fn bone(parent: i32) -> Bone {
        Bone { name: [format!("b{parent}"), String::new()], parent, ..Bone::default() }
    }

    fn vertex(position: Vec3) -> Vertex {
        Vertex { position, normal: Vec3::Y, uv: Vec2::ZERO, bones: [0, -1, -1, -1], weights: [1.0, 0.0, 0.0, 0.0] }
    }

    fn group(parts: &[i32]) -> Morph {
        let parts = parts.iter().map(|&part| (part, 1.0)).collect();
        Morph { name: ["g".into(), String::new()], panel: 4, offsets: Offsets::Group(parts) }
    }

    fn model() -> Model {
        let material =
            || super::super::model::Material { name: "m".into(), texture: -1, triangles: 1, ..Default::default() };
        Model {
            vertices: [Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z].map(vertex).into(),
            triangles: vec![[0, 1, 2], [1, 2, 3]],
            textures: vec!["a.png".into()],
            materials: vec![material(), material()],
            bones: vec![bone(-1), bone(0)],
            ..Model::default()
        }
    }

    #[test]
    fn every_broken_part_is_left_out_and_told() {
        let append = |source| Append { source, ratio: 1.0, rotation: true, translation: false, local: false };
        let morph = |offsets| Morph { name: ["x".into(), String::new()], panel: 4, offsets };
        let mut m = model();
        m.triangles[1] = [1, 2, 9];
        m.materials[0].texture = 1;
        m.materials[0].toon = Toon::Texture(7);
        m.materials[1].triangles = 5;
        m.bones = vec![bone(1), bone(0), bone(9), bone(-1), bone(-1)];
        m.bones[2].position = Vec3::NAN;
        m.bones[0].append = Some(append(0));
        m.bones[1].append = Some(append(3));
        m.bones[3].append = Some(append(1));
        m.bones[4].append = Some(append(8));
        let links = vec![Link { bone: 7, limits: None }, Link { bone: 1, limits: None }];
        m.bones[3].ik = Some(Ik { effector: 6, iterations: 1, step_rad: 1.0, links });
        m.vertices[0].bones = [7, 1, -1, -1];
        m.vertices[0].weights = [0.5, 0.5, 0.0, 0.0];
        m.morphs = vec![
            group(&[1, 9]),
            group(&[0, 2]),
            group(&[2]),
            morph(Offsets::Vertices(vec![(8, Vec3::X), (1, Vec3::NAN), (1, Vec3::X)])),
            morph(Offsets::Bones(vec![(8, Vec3::X, Quat::IDENTITY), (1, Vec3::X, Quat::IDENTITY)])),
        ];
        let warning = mend(&mut m).unwrap().warning().unwrap();
        for words in [
            "triangles of vertices that aren't there (1)",
            "materials with more triangles than there are (1)",
            "textures that aren't listed (1, “m”)",
            "toon textures that aren't listed (1",
            "parents of bones that aren't there (1",
            "bones that hang on themselves (1",
            "bones at no place (1",
            "bones that copy one that isn't there (1",
            "bones that copy themselves (2",
            "IK targets that aren't there (1",
            "IK links that aren't there (1",
            "weights for bones that aren't there (1)",
            "morphs of groups that aren't there (1",
            "groups of morphs that hold themselves (2",
            "vertices of morphs that aren't there (2",
            "bones of morphs that aren't there (1",
        ] {
            assert!(warning.contains(words), "{words}: {warning}");
        }
        assert_eq!(m.materials.iter().map(|m| m.triangles).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(m.bones.iter().map(|b| b.parent).collect::<Vec<_>>(), [-1, 0, -1, -1, -1]);
        assert!(m.bones[0].append.is_none() && m.bones[1].append.is_none() && m.bones[3].append.is_some());
        assert_eq!(m.bones[3].ik.as_ref().map(|ik| (ik.effector, ik.links.len())), Some((-1, 1)));
        assert_eq!(m.vertices[0].bones, [-1, 1, -1, -1]);
    }

    #[test]
    fn a_sound_model_is_left_alone() {
        let mut m = model();
        m.morphs = vec![group(&[1, 2]), group(&[2, -1]), group(&[])];
        assert_eq!(mend(&mut m).unwrap().warning(), None);
    }

    #[test]
    fn a_model_without_any_sound_triangle_is_refused() {
        let mut m = model();
        m.triangles = vec![[0, 1, 9], [8, 1, 2]];
        assert!(mend(&mut m).unwrap_err().contains("vertex 9, and there are 4"));
        let mut m = model();
        m.vertices[1].position = Vec3::INFINITY;
        assert!(mend(&mut m).unwrap_err().contains("at a place"));
    }
}
