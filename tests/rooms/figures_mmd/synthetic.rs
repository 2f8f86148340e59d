//! What the readers make of files in which everything is known.

use super::write::{self, Layout, PLAIN};
use glam::{Quat, Vec2, Vec3, Vec4};
use settei::figure::{Alpha, FacePart, Figure, LocalPose, material_morphs, obj, pmd, pmx, skinning};
use settei::picture::Picture;
use std::collections::BTreeMap;

/// Opens a file of that content in a folder of its own, together with a texture and a toon texture.
fn open(name: &str, bytes: &[u8]) -> Figure {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("tex")).unwrap();
    let mut face = Picture::new(4, 4);
    face.pixels.iter_mut().for_each(|p| *p = [200, 100, 50, 255]);
    face.save_png(&dir.path().join("tex/face.png")).unwrap();
    let mut toon = Picture::new(2, 3);
    toon.pixels = vec![[255; 4], [255; 4], [255; 4], [255; 4], [128, 0, 255, 255], [128, 0, 255, 255]];
    std::fs::write(dir.path().join("toon.bmp"), toon.to_png().unwrap()).unwrap();
    let path = dir.path().join(name);
    let read = if name.ends_with(".pmx") { pmx::read } else { pmd::read };
    read(&path, bytes).unwrap()
}

fn joint(figure: &Figure, name: &str) -> usize {
    figure.joints.iter().position(|j| j.name == name).unwrap()
}

#[test]
fn every_way_to_write_a_pmx_gives_the_same_figure() {
    // But for its place.
    let open = |name: &str, bytes: &[u8]| Figure { sources: Vec::new(), ..open(name, bytes) };
    let expected = open("a.pmx", &write::pmx(&PLAIN));
    for layout in [
        Layout { utf8: true, ..PLAIN },
        Layout { additional_uvs: 4, ..PLAIN },
        Layout { widths: [2; 6], ..PLAIN },
        Layout { widths: [4; 6], utf8: true, ..PLAIN },
        Layout { widths: [1, 2, 4, 1, 2, 4], version: 2.1, additional_uvs: 1, ..PLAIN },
    ] {
        let figure = open("a.pmx", &write::pmx(&layout));
        assert_eq!(format!("{figure:?}"), format!("{expected:?}"), "{layout:?}");
    }
}

#[test]
fn a_pmx_is_mirrored_into_metres() {
    let figure = open("a.pmx", &write::pmx(&PLAIN));
    assert_eq!((figure.name.as_str(), figure.licence.title.as_str()), ("試し", "試し"));
    assert_eq!(figure.licence.terms, [("comment".to_owned(), "コメント\n二行".to_owned())]);
    assert_eq!(figure.vertices[7].position, 0.08 * Vec3::new(1.0, 1.0, -1.0));
    assert_eq!(figure.vertices[0].normal, Vec3::Z);
    assert_eq!(figure.vertices[3].uv, Vec2::new(1.0, 0.0));
    // Counter-clockwise seen from the front.
    for triangle in &figure.triangles {
        let [a, b, c] = triangle.map(|i| figure.vertices[i as usize].position);
        assert!((b - a).cross(c - a).z > 0.0);
    }
    let parent =
        |name: &str| figure.joints[joint(&figure, name)].parent.map(|p| figure.joints[p as usize].name.clone());
    assert_eq!(parent("先").as_deref(), Some("親"));
    assert_eq!(figure.joints[joint(&figure, "先")].translation, 0.08 * Vec3::new(0.0, 2.0, -0.5));
    // After physics comes last.
    assert_eq!(figure.joints[joint(&figure, "親")].order, 4);
}

#[test]
fn every_kind_of_weights_is_blended_linearly() {
    let figure = open("a.pmx", &write::pmx(&PLAIN));
    let weights = |vertex: usize| {
        let vertex = &figure.vertices[vertex];
        (0..4)
            .filter(|&i| vertex.weights[i] > 0.0)
            .map(|i| {
                let joint = figure.binds[vertex.binds[i] as usize].joint;
                (figure.joints[joint as usize].name.as_str(), vertex.weights[i])
            })
            .collect::<BTreeMap<&str, f32>>()
    };
    assert_eq!(weights(0), BTreeMap::from([("先", 1.0)]));
    assert_eq!(weights(4), BTreeMap::from([("先", 0.25), ("写し", 0.75)]));
    assert_eq!(weights(5), BTreeMap::from([("先", 0.5), ("写し", 0.5)]));
    assert_eq!(weights(6), BTreeMap::from([("写し", 0.5), ("元", 0.5)]));
    assert_eq!(weights(7), BTreeMap::from([("先", 0.25), ("写し", 0.25), ("元", 0.25), ("ＩＫ", 0.25)]));
    let rest = skinning::skin(&figure, &LocalPose::rest(&figure));
    for (vertex, place) in figure.vertices.iter().zip(rest.positions) {
        assert!(vertex.position.distance(place) < 1e-6);
    }
}

#[test]
fn materials_have_their_textures_toons_and_edges() {
    let figure = open("a.pmx", &write::pmx(&PLAIN));
    let [face, clothes] = figure.materials.as_slice() else { panic!("two materials") };
    assert_eq!(figure.textures[0].picture.pixels[0], [200, 100, 50, 255]);
    assert_eq!((face.texture, clothes.texture), (Some(0), Some(0)));
    assert!(face.double_sided && !clothes.double_sided);
    // Half of the 154 that MMD's light has, and the ambient red.
    let red = ((0.302 + 0.25 + 0.055) / 1.055f32).powf(2.4);
    assert!((face.base_colour.x - red).abs() < 1e-3 && face.base_colour.w == 1.0);
    let shade = face.shade_colour.unwrap();
    assert!((shade - Vec3::new(0.2159, 0.0, 1.0)).length() < 1e-3, "{shade}");
    assert_eq!(clothes.shade_colour, None);
    let edge = face.outline.unwrap();
    assert_eq!(edge.colour, Vec4::new(1.0, 0.0, 0.0, 1.0));
    assert!(edge.width_m > 0.003 && edge.width_m < 0.006 && clothes.outline.is_none());
    // One can be made half transparent by a morph, the other is.
    assert_eq!((face.alpha, clothes.alpha), (Alpha::Opaque, Alpha::Blend));
    assert_eq!(figure.warnings, Vec::<String>::new());
}

#[test]
fn every_kind_of_morph_does_what_it_says() {
    let figure = open("a.pmx", &write::pmx(&PLAIN));
    assert_eq!(figure.morphs.len(), 11);
    let group = |name: &str| {
        let face = figure.expressions.iter().find(|face| face.name == name);
        figure.face_part(face.unwrap())
    };
    let groups = [FacePart::Other, FacePart::Brows, FacePart::Eyes, FacePart::Lips, FacePart::Other];
    assert_eq!([0, 1, 2, 3, 4].map(|kind| group(&format!("変{kind}"))), groups);
    let posed = |morph: usize, weight: f32| {
        let mut pose = LocalPose::rest(&figure);
        pose.morph_weights[morph] = weight;
        pose
    };
    let offset = 0.08 * Vec3::new(1.0, 2.0, -3.0);
    let moved = |pose: &LocalPose| skinning::skin(&figure, pose).positions[7] - figure.vertices[7].position;
    assert!(moved(&posed(1, 1.0)).distance(offset) < 1e-6);
    assert!(moved(&posed(0, 1.0)).distance(0.5 * offset) < 1e-6, "the group drives the vertices by half");
    let source = joint(&figure, "元");
    let world = skinning::world_transforms(&figure, &posed(2, 1.0));
    let (_, turn, place) = world[source].to_scale_rotation_translation();
    assert!(turn.angle_between(Quat::from_xyzw(-0.6, 0.0, 0.0, 0.8)) < 1e-3);
    assert!(place.distance(0.08 * Vec3::new(2.0, 4.0, -3.0)) < 1e-6);
    assert!(
        (skinning::morphed_uvs(&figure, &posed(3, 1.0))[7] - figure.vertices[7].uv).distance(Vec2::new(0.1, 0.2))
            < 1e-6
    );
    let faded = material_morphs::morphed(&figure, &posed(8, 1.0)).unwrap();
    assert!((faded[0].base_colour.w - 0.5).abs() < 1e-6);
    for without in [4, 5, 6, 7, 9, 10] {
        assert_eq!(skinning::skin(&figure, &posed(without, 1.0)), skinning::skin(&figure, &posed(without, 0.0)));
    }
    assert!(figure.expressions.iter().any(|e| e.name == "変1"));
}

#[test]
fn appends_and_ik_come_with_limits_mirrored() {
    let figure = open("a.pmx", &write::pmx(&PLAIN));
    let append = figure.appends[0];
    assert_eq!((append.joint as usize, append.source as usize), (joint(&figure, "写し"), joint(&figure, "元")));
    assert!(append.rotation && !append.translation && append.local && append.ratio == 0.5);
    let chain = &figure.ik_chains[0];
    assert_eq!((chain.goal as usize, chain.effector as usize), (joint(&figure, "ＩＫ"), joint(&figure, "先")));
    assert_eq!((chain.iterations, chain.step_rad, chain.helper), (20, 1.0, false));
    assert_eq!(chain.links[0].joint as usize, joint(&figure, "親"));
    assert_eq!(chain.links[0].limits, Some((Vec3::new(-0.5, -0.1, -0.3), Vec3::new(1.0, 0.2, 0.4))));
}

#[test]
fn a_pmd_has_everything_too() {
    let figure = open("a.pmd", &write::pmd());
    assert_eq!((figure.name.as_str(), figure.vertices.len(), figure.triangles.len()), ("試し", 4, 2));
    assert_eq!(figure.licence.terms, [("comment".to_owned(), "コメント".to_owned())]);
    assert_eq!(figure.vertices[0].weights, [0.75, 0.25, 0.0, 0.0]);
    let textures: Vec<&str> = figure.textures.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(textures, ["face.png"]);
    // The file isn't beside the model but in a folder, and PMD names no folders here; the sphere map isn't drawn.
    assert_eq!(figure.warnings.len(), 2, "{:?}", figure.warnings);
    assert_eq!(figure.materials[0].shade_colour, None, "MMD brings toon01.bmp along");
    assert_eq!(figure.morphs.len(), 1);
    assert_eq!(figure.morphs[0].part, Some(FacePart::Lips));
    assert_eq!(figure.morphs[0].vertices[0].vertex, 3);
    assert!(figure.expressions.iter().any(|e| e.name == "aa"));
    let chain = &figure.ik_chains[0];
    assert_eq!((chain.iterations, chain.step_rad), (20, 2.0));
    assert!(chain.links[0].limits.is_some_and(|(low, high)| low.x > 0.0 && high.x > 3.0), "a knee by its name");
    assert!(chain.links[1].limits.is_none());
}

#[test]
fn an_obj_has_its_library_quads_and_negative_indices() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("my lib.mtl"), "newmtl red paint\nKd 1 0 0\nd 0.5\nnewmtl plain\nKd 0.5 0.5 0.5")
        .unwrap();
    let path = dir.path().join("thing.obj");
    let text = "mtllib My Lib.mtl\n# a quad, then a concave arrow head without normals\nv 0 0 0\nv 1 0 0\nv 1 1 0\n\
                v 0 1 0 1 0 0\nvt 0 0\nvt 1 0.25\nvn 0 0 2\nusemtl red paint\nf 1/1/1 2/2/1 3/2/1 -1/-2/-1\n\
                o arrow\nusemtl plain\nv 0 0 5\nv 1 -1 5\nv 0 2 5\nv -1 -1 5\ns off\nf -4 -3 -2 -1\nl 1 2\nf 1 2";
    let figure = obj::read(&path, text.as_bytes()).unwrap();
    assert_eq!(figure.warnings, Vec::<String>::new());
    assert_eq!((figure.name.as_str(), figure.triangles.len(), figure.joints.len()), ("thing", 4, 1));
    assert_eq!(figure.vertices[1].uv, Vec2::new(1.0, 0.75));
    assert_eq!(figure.vertices[3].colour, Vec4::new(1.0, 0.0, 0.0, 1.0));
    assert_eq!(figure.vertices[0].normal, Vec3::Z);
    let names: Vec<(&str, &str)> = figure
        .submeshes
        .iter()
        .map(|part| (part.name.as_str(), figure.materials[part.material as usize].name.as_str()))
        .collect();
    assert_eq!(names, [("red paint", "red paint"), ("arrow", "plain")]);
    assert_eq!(
        (figure.materials[0].base_colour, figure.materials[0].alpha),
        (Vec4::new(1.0, 0.0, 0.0, 0.5), Alpha::Blend)
    );
    // The arrow head: its two triangles meet at the notch and cover 2 · (1 · 2) / 2 square metres.
    let part = &figure.submeshes[1];
    let area: f32 = figure.triangles[part.first as usize..]
        .iter()
        .map(|t| {
            let [a, b, c] = t.map(|i| figure.vertices[i as usize].position);
            (b - a).cross(c - a).z / 2.0
        })
        .sum();
    assert!((area - 2.0).abs() < 1e-6, "{area}");
}
