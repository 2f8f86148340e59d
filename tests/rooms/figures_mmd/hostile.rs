//! Damaged and hostile files end in a sentence: no panic, no hang, no allocation for what isn't there.

use super::write::{Layout, PLAIN, pmd, pmx};
use proptest::prelude::*;
use settei::figure::landmarks::{self, MapPreset};
use settei::figure::{
    Figure, FigureError, LandmarkMap, LocalPose, material_morphs, obj, pmd as pmd_file, pmx as pmx_file, skinning,
};
use std::path::Path;

type Read = fn(&Path, &[u8]) -> Result<Figure, FigureError>;

/// Reads, and where that succeeds does everything that a program does with a figure. The error's sentence otherwise.
fn survive(read: Read, bytes: &[u8]) -> Option<String> {
    match read(Path::new("no such folder/strange.bin"), bytes) {
        Ok(figure) => {
            let map = LandmarkMap::new(&figure, MapPreset::default());
            assert_eq!(landmarks::landmarks(&figure, &map).len(), figure.vertices.len());
            let mut pose = LocalPose::rest(&figure);
            pose.ik.fill(true);
            pose.morph_weights.fill(1.0);
            skinning::skin(&figure, &pose);
            skinning::morphed_uvs(&figure, &pose);
            material_morphs::morphed(&figure, &pose);
            None
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.contains("strange.bin"), "{message}");
            Some(message)
        }
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = pmx(&PLAIN);
    for length in 0..whole.len() {
        let message = survive(pmx_file::read, &whole[..length]).expect("refused");
        assert!(message.contains("is damaged"), "{length}: {message}");
    }
    assert_eq!(survive(pmx_file::read, &whole), None);
    // PMD grew at its end over the years, so some shorter files are whole ones of an older kind.
    let whole = pmd();
    let accepted: Vec<usize> = (0..whole.len()).filter(|&n| survive(pmd_file::read, &whole[..n]).is_none()).collect();
    assert_eq!(accepted.len(), 4, "{accepted:?}");
    assert_eq!(survive(pmd_file::read, &whole), None);
}

#[test]
fn counts_and_indices_beyond_the_file_are_refused() {
    let whole = pmx(&PLAIN);
    // Every four bytes in turn as a huge count, a negative one, and not a number.
    for value in [i32::MAX, i32::MIN, f32::NAN.to_bits() as i32] {
        for at in 0..whole.len() - 4 {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            survive(pmx_file::read, &bytes);
        }
    }
    let vertices = whole.windows(4).position(|w| w == 8i32.to_le_bytes()).unwrap();
    let mut bytes = whole;
    bytes[vertices..vertices + 4].copy_from_slice(&i32::MAX.to_le_bytes());
    assert!(survive(pmx_file::read, &bytes).unwrap().contains("2147483647 vertices"));
}

/// What a figure looks like that has lost a part, and the warning about it.
fn mended(read: Read, bytes: &[u8]) -> (Figure, String) {
    let figure = read(Path::new("no such folder/strange.bin"), bytes).unwrap();
    let rest = skinning::skin(&figure, &LocalPose::rest(&figure));
    assert!(rest.positions.iter().chain(&rest.normals).all(|v| v.is_finite()));
    let damage = figure.warnings.iter().filter(|warning| warning.contains("was left out: ")).cloned();
    let damage: Vec<String> = damage.collect();
    assert_eq!(damage.len(), 1, "{:?}", figure.warnings);
    (figure, damage[0].clone())
}

#[test]
fn a_vertex_at_no_place_costs_its_triangles_alone() {
    let whole = pmx(&PLAIN);
    let sound = pmx_file::read(Path::new("no such folder/strange.bin"), &whole).unwrap();
    let vertices = whole.windows(4).position(|w| w == 8i32.to_le_bytes()).unwrap() + 4;
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
        let mut bytes = whole.clone();
        bytes[vertices..vertices + 4].copy_from_slice(&value.to_le_bytes());
        let (figure, warning) = mended(pmx_file::read, &bytes);
        assert_eq!(figure.triangles.len(), sound.triangles.len() - 1, "{value}");
        assert!(warning.contains("triangles at no place (1)"), "{warning}");
        assert_eq!(figure.submeshes.iter().map(|s| s.count).sum::<u32>() as usize, figure.triangles.len());
    }
}

#[test]
fn a_bone_that_hangs_on_itself_is_let_go() {
    let whole = pmx(&PLAIN);
    // The third bone's record: its name and place come before its parent.
    let name: Vec<u8> = "元".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let place: Vec<u8> = [1.0f32, 2.0, 0.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let record = [&2i32.to_le_bytes()[..], &name, &[0; 4], &place].concat();
    let at = whole.windows(record.len()).position(|w| w == record).unwrap() + record.len();
    for (parent, words) in
        [(2u8, "bones that hang on themselves (1, “元”)"), (99, "parents of bones that aren't there (1, “元”)")]
    {
        let mut bytes = whole.clone();
        bytes[at] = parent;
        let (figure, warning) = mended(pmx_file::read, &bytes);
        assert!(warning.contains(words), "{warning}");
        let bone = figure.joints.iter().find(|j| j.name == "元").unwrap();
        assert_eq!(bone.parent, None);
    }
}

#[test]
fn obj_lines_that_make_no_sense_cost_their_faces_alone() {
    let sound = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1\n";
    for wrong in [
        "v nan 0 0\nf 1 2 4\n",
        "v 1e30 0 0\nf 1 2 4\n",
        "v a b c\nf 1 2 4\n",
        "v 1 2\nf 1 2 4\n",
        "f 1 2 9\n",
        "f 1 2 x\n",
        "f 1/7 2/7 3/7\n",
        "vn 0 nan 0\n",
        "vt inf 0\n",
        "f 0 1 2\n",
    ] {
        let (figure, warning) = mended(obj::read, format!("{sound}{wrong}").as_bytes());
        assert_eq!(figure.triangles.len(), 1, "{wrong}");
        assert!(warning.contains("lines that make no sense (") && warning.contains("line 7"), "{warning}");
    }
}

#[test]
fn obj_files_name_the_line_that_is_wrong() {
    for (text, words) in [
        ("v 0 0\n", "fewer than three"),
        ("v 0 0 0\nf 1 2 3\n", "uses vertex 2, and there are 1 (line 2)"),
        ("v 0 0 0\nf 0 1 1\n", "vertex 0"),
        ("v 0 0 0\nf -2 1 1\n", "vertex -2"),
        ("v 0 0 0\nf 1/1 1/1 1/1\n", "texture coordinate 1"),
        ("v nan 0 0\n", "far out"),
        ("v 1e30 0 0\n", "far out"),
        ("v a b c\n", "no number"),
        ("v 0 0 0\nf 1 x 1\n", "“x”"),
        ("v 0 0 0\nv 1 0 0\nl 1 2\n", "no faces"),
        ("", "no faces"),
    ] {
        let message = survive(obj::read, text.as_bytes()).unwrap();
        assert!(message.contains(words), "{text}: {message}");
    }
}

/// Some bytes of `whole` replaced.
fn bent(whole: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = whole.len();
    proptest::collection::vec((0..length, any::<u8>()), 1..8).prop_map(move |changes| {
        let mut bytes = whole.clone();
        for (at, value) in changes {
            bytes[at] = value;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn bent_pmx_files_do_no_harm(bytes in bent(pmx(&PLAIN))) {
        survive(pmx_file::read, &bytes);
    }

    #[test]
    fn bent_pmx_files_with_wide_indices_do_no_harm(
        bytes in bent(pmx(&Layout { version: 2.1, widths: [4; 6], utf8: true, additional_uvs: 2 }))
    ) {
        survive(pmx_file::read, &bytes);
    }

    #[test]
    fn bent_pmd_files_do_no_harm(bytes in bent(pmd())) {
        survive(pmd_file::read, &bytes);
    }

    #[test]
    fn obj_files_of_random_statements_do_no_harm(
        lines in proptest::collection::vec("(v|vt|vn|f|s|g|usemtl|mtllib|#|f\\\\)( [-/.0-9a]{1,4}){0,7}", 0..40)
    ) {
        survive(obj::read, format!("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf 1 2 3\n{}", lines.join("\n")).as_bytes());
    }

    #[test]
    fn random_bytes_are_no_figures(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survive(pmx_file::read, &[&b"PMX \0\0\0\x40\x08"[..], &bytes].concat());
        survive(pmd_file::read, &[&b"Pmd"[..], &bytes].concat());
        survive(obj::read, &bytes);
    }
}
