//! A large figure as the bytes of a PMX file: a round body of many triangles on a chain of bones.

/// Bones from bottom to top.
const BONES: usize = 32;
/// MMD's units in a metre.
const PER_METRE: f32 = 12.5;

/// A PMX 2.0 file of at least this many triangles.
pub(super) fn pmx(triangles: usize) -> Vec<u8> {
    let side = ((triangles as f64 / 2.0).sqrt().ceil() as usize).max(2);
    let mut file = File(b"PMX ".to_vec());
    file.floats(&[2.0]);
    // UTF-8, no further texture coordinates, indices of four bytes.
    file.0.extend([8, 1, 0, 4, 4, 4, 4, 4, 4]);
    for text in ["large", "large", "", ""] {
        file.text(text);
    }
    file.int((side + 1) * (side + 1));
    for row in 0..=side {
        for column in 0..=side {
            let (up, round) = (row as f32 / side as f32, column as f32 / side as f32 * std::f32::consts::TAU);
            let radius = 0.25 * (up * std::f32::consts::PI).sin() * PER_METRE;
            file.floats(&[radius * round.cos(), up * 1.6 * PER_METRE, radius * round.sin()]);
            file.floats(&[round.cos(), 0.0, round.sin(), up, round]);
            // Between two bones.
            let place = up * (BONES - 2) as f32;
            file.0.push(1);
            file.int(place as usize);
            file.int(place as usize + 1);
            file.floats(&[1.0 - place.fract(), 1.0]);
        }
    }
    file.int(side * side * 6);
    for row in 0..side {
        for column in 0..side {
            let (a, b) = (row * (side + 1) + column, (row + 1) * (side + 1) + column);
            [a, a + 1, b, b, a + 1, b + 1].into_iter().for_each(|corner| file.int(corner));
        }
    }
    file.int(0);
    file.material(side * side * 6);
    file.int(BONES);
    for bone in 0..BONES {
        file.text(&format!("bone {bone}"));
        file.text("");
        file.floats(&[0.0, bone as f32 / BONES as f32 * 1.6 * PER_METRE, 0.0]);
        file.int(bone.wrapping_sub(1));
        file.int(0);
        // May rotate, is visible, is operable; its tail is a place.
        file.0.extend([0x1a, 0]);
        file.floats(&[0.0; 3]);
    }
    // Morphs, display frames, rigid bodies, joints.
    [0; 4].into_iter().for_each(|count| file.int(count));
    file.0
}

struct File(Vec<u8>);

impl File {
    fn int(&mut self, value: usize) {
        self.0.extend((value as u32).to_le_bytes());
    }

    fn floats(&mut self, values: &[f32]) {
        values.iter().for_each(|value| self.0.extend(value.to_le_bytes()));
    }

    fn text(&mut self, text: &str) {
        self.int(text.len());
        self.0.extend(text.as_bytes());
    }

    fn material(&mut self, corners: usize) {
        self.int(1);
        self.text("skin");
        self.text("");
        self.floats(&[0.9, 0.8, 0.7, 1.0]);
        self.floats(&[0.0; 4]);
        self.floats(&[0.4; 3]);
        self.0.push(0);
        self.floats(&[0.0; 5]);
        // No texture, no sphere map, a built-in toon texture.
        self.int(u32::MAX as usize);
        self.int(u32::MAX as usize);
        self.0.extend([0, 1, 0]);
        self.text("");
        self.int(corners);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_a_figure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.pmx");
        std::fs::write(&path, super::pmx(2000)).unwrap();
        let figure = crate::figure::load(&path).unwrap();
        assert!(figure.triangles.len() >= 2000);
        assert_eq!(figure.joints.len(), super::BONES);
    }
}
