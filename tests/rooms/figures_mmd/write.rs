//! Small MMD files, written by hand so that every part of the formats is in them.

/// How a PMX file is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) version: f32,
    pub(crate) utf8: bool,
    pub(crate) additional_uvs: u8,
    /// Bytes of vertex, texture, material, bone, morph and rigid body indices.
    pub(crate) widths: [u8; 6],
}

pub(crate) const PLAIN: Layout = Layout { version: 2.0, utf8: false, additional_uvs: 0, widths: [1; 6] };

#[derive(Default)]
pub(crate) struct Bytes(Vec<u8>);

impl Bytes {
    fn u8(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn i32(&mut self, value: i32) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn floats(&mut self, values: &[f32]) -> &mut Self {
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
        self
    }

    /// −1 has all bits set in any width.
    fn index(&mut self, value: i32, width: u8) -> &mut Self {
        self.0.extend(&value.to_le_bytes()[..width as usize]);
        self
    }

    fn text(&mut self, text: &str, layout: &Layout) -> &mut Self {
        let bytes = if layout.utf8 {
            text.as_bytes().to_vec()
        } else {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        self.i32(bytes.len() as i32);
        self.0.extend(bytes);
        self
    }

    /// Shift-JIS in a field.
    fn field(&mut self, text: &str, length: usize) -> &mut Self {
        let mut bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
        bytes.push(0);
        bytes.resize(length, 0xfd);
        self.0.extend(bytes);
        self
    }
}

/// A model with one of everything: two quads on five bones of which the first hangs on the last.
pub(crate) fn pmx(layout: &Layout) -> Vec<u8> {
    let [vertex, texture, material, bone, morph, body] = layout.widths;
    let mut out = Bytes::default();
    out.0.extend(b"PMX ");
    out.floats(&[layout.version]).u8(8).u8(u8::from(layout.utf8)).u8(layout.additional_uvs);
    out.0.extend(layout.widths);
    out.text("試し", layout).text("Trial", layout).text("コメント\r\n二行", layout).text("", layout);

    out.i32(8);
    for i in 0..8u8 {
        let x = f32::from(i % 2);
        let y = f32::from(i / 2 % 2);
        out.floats(&[x, y, f32::from(i / 4)]).floats(&[0.0, 0.0, -1.0]).floats(&[x, 1.0 - y]);
        for _ in 0..layout.additional_uvs {
            out.floats(&[9.0; 4]);
        }
        match i {
            0..4 => out.u8(0).index(i32::from(i), bone),
            4 => out.u8(1).index(0, bone).index(1, bone).floats(&[0.25]),
            5 => out.u8(2).index(0, bone).index(1, bone).index(2, bone).index(-1, bone).floats(&[0.6, 0.6, 0.0, 0.0]),
            6 => out.u8(3).index(1, bone).index(2, bone).floats(&[0.5]).floats(&[0.0; 9]),
            _ => out.u8(4).index(3, bone).index(2, bone).index(1, bone).index(0, bone).floats(&[0.25; 4]),
        };
        out.floats(&[1.0]);
    }

    out.i32(12);
    for i in [0, 2, 1, 1, 2, 3, 4, 6, 5, 5, 6, 7] {
        out.index(i, vertex);
    }

    out.i32(2).text("Tex\\Face.PNG", layout).text("toon.bmp", layout);

    out.i32(2);
    for (name, alpha, flags) in [("顔", 1.0, 0x11), ("服", 0.5, 0x00)] {
        out.text(name, layout).text("", layout);
        out.floats(&[0.5, 0.5, 0.5, alpha]).floats(&[0.0; 4]).floats(&[0.25, 0.0, 0.0]).u8(flags);
        out.floats(&[1.0, 0.0, 0.0, 1.0, 2.0]).index(0, texture).index(-1, texture).u8(0);
        if name == "顔" {
            out.u8(0).index(1, texture);
        } else {
            out.u8(1).u8(3);
        }
        out.text("", layout).i32(6);
    }

    out.i32(5);
    bone_head(&mut out, layout, "先", [0.0, 3.0, 1.0], 4, 0x001b).index(-1, bone);
    // Copies half of the next one's motion, locally; a fixed axis and local axes; an outside parent.
    bone_head(&mut out, layout, "写し", [1.0, 1.0, 0.0], 0, 0x2d9a).floats(&[0.0; 3]);
    out.index(2, bone).floats(&[0.5]).floats(&[0.0, 1.0, 0.0]).floats(&[0.0; 6]).i32(0);
    bone_head(&mut out, layout, "元", [1.0, 2.0, 0.0], 4, 0x001a).floats(&[0.0; 3]);
    // Reaches with the first one, whose parent turns.
    bone_head(&mut out, layout, "ＩＫ", [0.0, 3.0, 1.0], -1, 0x003f).index(-1, bone);
    out.index(0, bone).i32(20).floats(&[1.0]).i32(1).index(4, bone).u8(1);
    out.floats(&[-1.0, -0.2, -0.3]).floats(&[0.5, 0.1, 0.4]);
    bone_head(&mut out, layout, "親", [0.0, 1.0, 0.5], -1, 0x101f).index(0, bone);

    out.i32(11);
    for kind in 0..11u8 {
        out.text(&format!("変{kind}"), layout).text("", layout).u8(kind % 5).u8(kind).i32(1);
        match kind {
            0 => out.index(1, morph).floats(&[0.5]),
            1 => out.index(7, vertex).floats(&[1.0, 2.0, 3.0]),
            2 => out.index(2, bone).floats(&[1.0, 2.0, 3.0]).floats(&[0.6, 0.0, 0.0, 0.8]),
            3..=7 => out.index(7, vertex).floats(&[0.1, 0.2, 0.0, 0.0]),
            8 => out.index(0, material).u8(1).floats(&[0.0, 0.0, 0.0, -0.5]).floats(&[0.0; 24]),
            9 => out.index(1, morph).floats(&[1.0]),
            _ => out.index(0, body).u8(0).floats(&[0.0; 6]),
        };
    }

    out.i32(1).text("表情", layout).text("", layout).u8(1).i32(2).u8(0).index(1, bone).u8(1).index(1, morph);
    out.i32(1).text("剛体", layout).text("", layout).index(0, bone).u8(0).u16(0).u8(0).floats(&[1.0; 14]).u8(2);
    out.i32(1).text("結び", layout).text("", layout).u8(0).index(0, body).index(0, body).floats(&[0.0; 24]);
    if layout.version > 2.0 {
        out.i32(1).text("布", layout).text("", layout).u8(0).index(0, material).u8(0).u16(0).u8(0).i32(0).i32(0);
        out.floats(&[1.0, 0.1]).i32(0).floats(&[0.0; 18]).floats(&[0.0; 7]);
        out.i32(1).index(0, body).index(0, vertex).u8(0).i32(1).index(0, vertex);
    }
    out.0
}

/// Everything of a bone up to what its flags announce.
fn bone_head<'a>(
    out: &'a mut Bytes,
    layout: &Layout,
    name: &str,
    place: [f32; 3],
    parent: i32,
    flags: u16,
) -> &'a mut Bytes {
    out.text(name, layout).text("", layout).floats(&place).index(parent, layout.widths[3]).i32(0).u16(flags)
}

/// A PMD model with one of everything, on three bones.
pub(crate) fn pmd() -> Vec<u8> {
    let mut out = Bytes::default();
    out.0.extend(b"Pmd");
    out.floats(&[1.0]).field("試し", 20).field("コメント", 256);
    out.i32(4);
    for i in 0..4u8 {
        let (x, y) = (f32::from(i % 2), f32::from(i / 2));
        out.floats(&[x, y, 0.0]).floats(&[0.0, 0.0, -1.0]).floats(&[x, 1.0 - y]).u16(0).u16(1).u8(75).u8(0);
    }
    out.i32(6);
    for i in [0, 2, 1, 1, 2, 3] {
        out.u16(i);
    }
    out.i32(1).floats(&[0.5, 0.5, 0.5, 1.0]).floats(&[0.0; 4]).floats(&[0.25, 0.0, 0.0]).u8(0).u8(1).i32(6);
    out.field("face.png*ball.spa", 20);
    out.u16(4);
    for (name, parent, kind, number, place) in [
        ("左足", u16::MAX, 4, 0, [0.0, 2.0, 0.0]),
        ("左ひざ", 0, 4, 0, [0.0, 1.0, -0.1]),
        ("左足首", 1, 6, 0, [0.0, 0.0, 0.0]),
        ("左足ＩＫ", u16::MAX, 2, 0, [0.0, 0.0, 0.0]),
    ] {
        out.field(name, 20).u16(parent).u16(u16::MAX).u8(kind).u16(number).floats(&place);
    }
    out.u16(1).u16(3).u16(2).u8(2).u16(20).floats(&[0.5]).u16(1).u16(0);
    out.u16(2);
    out.field("base", 20).i32(2).u8(0).i32(1).floats(&[0.0; 3]).i32(3).floats(&[0.0; 3]);
    out.field("あ", 20).i32(1).u8(3).i32(1).floats(&[0.0, 1.0, 0.0]);
    out.u8(1).u16(1).u8(1).field("足", 50).i32(1).u16(0).u8(1);
    out.u8(1).field("Trial", 20).field("", 256);
    for name in ["leg", "knee", "ankle", "leg IK"] {
        out.field(name, 20);
    }
    out.field("a", 20).field("legs", 50);
    for i in 1..=10 {
        out.field(&format!("toon{i:02}.bmp"), 100);
    }
    out.i32(1).field("剛体", 20);
    out.0.extend([0; 63]);
    out.i32(1).field("結び", 20);
    out.0.extend([0; 104]);
    out.0
}
