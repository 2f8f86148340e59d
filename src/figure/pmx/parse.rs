//! PMX 2.0 and 2.1, byte by byte.
//!
//! Format: “PMX仕様.txt”, part of PMX Editor, and its English rendering at
//! <https://gist.github.com/felixjones/f8a06bd48f9da9a4539f>.

use super::cursor::Cursor;
use super::model::{Append, Body, Bone, Ik, Link, Material, MaterialOffset, Model, Morph, Offsets, Tie, Toon, Vertex};
use glam::{Quat, Vec4};

/// How a file is written: text encoding and the widths of its indices.
struct Layout {
    utf8: bool,
    additional_uvs: usize,
    vertex: u8,
    texture: u8,
    material: u8,
    bone: u8,
    morph: u8,
    rigid_body: u8,
    version: f32,
}

/// Reads a whole file.
///
/// # Errors
/// What was wrong in plain words.
pub(super) fn parse(bytes: &[u8]) -> Result<Model, String> {
    let mut cursor = Cursor::new(bytes);
    if cursor.take(4)? != b"PMX " {
        return Err("it doesn't begin as PMX files do".into());
    }
    let layout = Layout::read(&mut cursor)?;
    let reader = &mut Reader { cursor, layout };
    let mut model = Model {
        name: [reader.text()?, reader.text()?],
        comment: [reader.text()?, reader.text()?],
        vertices: reader.records("vertices", 38, Reader::vertex)?,
        triangles: reader.triangles()?,
        textures: reader.records("textures", 4, Reader::text)?,
        materials: reader.records("materials", 80, Reader::material)?,
        bones: reader.records("bones", 27, Reader::bone)?,
        morphs: reader.records("morphs", 14, Reader::morph)?,
        ..Model::default()
    };
    (model.bodies, model.ties) = reader.physics()?;
    model.no_numbers = reader.cursor.no_numbers;
    Ok(model)
}

impl Layout {
    fn read(cursor: &mut Cursor) -> Result<Self, String> {
        let version = cursor.f32()?;
        if !(1.95..2.15).contains(&version) {
            return Err(format!("its version is {version}, and PMX has 2.0 and 2.1"));
        }
        let settings = cursor.u8()?;
        let settings = cursor.take(settings as usize)?;
        let &[encoding, additional_uvs, vertex, texture, material, bone, morph, rigid_body, ..] = settings else {
            return Err("its header is too short".into());
        };
        if encoding > 1 || additional_uvs > 4 {
            return Err("its header has a text encoding or a number of texture coordinates that PMX hasn't".into());
        }
        if [vertex, texture, material, bone, morph, rigid_body].iter().any(|w| ![1, 2, 4].contains(w)) {
            return Err("its header has an index width other than 1, 2 or 4 bytes".into());
        }
        let additional_uvs = additional_uvs as usize;
        Ok(Self { utf8: encoding == 1, additional_uvs, vertex, texture, material, bone, morph, rigid_body, version })
    }
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    layout: Layout,
}

impl Reader<'_> {
    /// A count and as many records of at least `least_size` bytes.
    fn records<T>(
        &mut self,
        what: &str,
        least_size: usize,
        read: impl Fn(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let count = self.cursor.count(what, least_size)?;
        let mut records = Vec::with_capacity(count);
        for i in 0..count {
            records.push(read(self).map_err(|error| format!("{error} (in number {i} of its {what})"))?);
        }
        Ok(records)
    }

    fn text(&mut self) -> Result<String, String> {
        let length = self.cursor.count("bytes of text", 1)?;
        let bytes = self.cursor.take(length)?;
        let encoding = if self.layout.utf8 { encoding_rs::UTF_8 } else { encoding_rs::UTF_16LE };
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        Ok(text.trim_end_matches('\0').replace("\r\n", "\n"))
    }

    /// An index of anything but vertices; −1 stands for none.
    fn index(&mut self, width: u8) -> Result<i32, String> {
        Ok(match width {
            1 => i32::from(self.cursor.u8()? as i8),
            2 => i32::from(self.cursor.u16()? as i16),
            _ => self.cursor.i32()?,
        })
    }

    fn bone_index(&mut self) -> Result<i32, String> {
        self.index(self.layout.bone)
    }

    fn texture_index(&mut self) -> Result<i32, String> {
        self.index(self.layout.texture)
    }

    fn vertex_index(&mut self) -> Result<u32, String> {
        Ok(match self.layout.vertex {
            1 => u32::from(self.cursor.u8()?),
            2 => u32::from(self.cursor.u16()?),
            _ => self.cursor.u32()?,
        })
    }

    fn vertex(&mut self) -> Result<Vertex, String> {
        let position = self.cursor.place()?;
        let normal = self.cursor.direction()?;
        let uv = self.cursor.vec2()?;
        self.cursor.take(16 * self.layout.additional_uvs)?;
        let mut bones = [-1; 4];
        let mut weights = [0.0; 4];
        match self.cursor.u8()? {
            0 => {
                bones[0] = self.bone_index()?;
                weights[0] = 1.0;
            }
            // SDEF (3) is blended like BDEF2; its three points are for another kind of blending.
            kind @ (1 | 3) => {
                bones[0] = self.bone_index()?;
                bones[1] = self.bone_index()?;
                weights[0] = self.cursor.f32_or(1.0)?;
                weights[1] = 1.0 - weights[0];
                if kind == 3 {
                    self.cursor.take(36)?;
                }
            }
            // QDEF (4) is BDEF4 for dual quaternions.
            2 | 4 => {
                for bone in &mut bones {
                    *bone = self.bone_index()?;
                }
                weights = self.cursor.vec4()?.to_array();
            }
            kind => return Err(format!("there is no kind {kind} of vertex weights")),
        }
        self.cursor.take(4)?; // edge width
        Ok(Vertex { position, normal, uv, bones, weights })
    }

    fn triangles(&mut self) -> Result<Vec<[u32; 3]>, String> {
        let corners = self.cursor.count("triangle corners", self.layout.vertex as usize)?;
        let mut triangles = Vec::with_capacity(corners / 3);
        for _ in 0..corners / 3 {
            triangles.push([self.vertex_index()?, self.vertex_index()?, self.vertex_index()?]);
        }
        // Corners that are left over make no triangle.
        for _ in 0..corners % 3 {
            self.vertex_index()?;
        }
        Ok(triangles)
    }

    fn material(&mut self) -> Result<Material, String> {
        let name = self.text()?;
        self.text()?;
        let diffuse = self.cursor.colour()?;
        self.cursor.take(16)?; // specular colour and power
        let ambient = self.cursor.vec3()?;
        let flags = self.cursor.u8()?;
        let edge = (self.cursor.vec4()?, self.cursor.f32()?);
        let texture = self.texture_index()?;
        let sphere = self.texture_index()?;
        let sphere_mode = self.cursor.u8()?;
        let toon = match self.cursor.u8()? {
            0 => Toon::Texture(self.texture_index()?),
            _ => {
                self.cursor.u8()?;
                Toon::BuiltIn
            }
        };
        self.text()?; // memo
        let corners = self.cursor.i32()?;
        let triangles = usize::try_from(corners).map_err(|_| format!("it claims to have {corners} corners"))? / 3;
        Ok(Material {
            name,
            diffuse,
            ambient,
            double_sided: flags & 0x01 != 0,
            edge: (flags & 0x10 != 0).then_some(edge),
            texture,
            toon,
            has_sphere_map: sphere >= 0 && sphere_mode != 0,
            triangles,
        })
    }

    fn bone(&mut self) -> Result<Bone, String> {
        let name = [self.text()?, self.text()?];
        let position = self.cursor.place()?;
        let parent = self.bone_index()?;
        let layer = self.cursor.i32()?;
        let flags = self.cursor.u16()?;
        let has = |bit: u16| flags & bit != 0;
        if has(0x0001) {
            self.bone_index()?;
        } else {
            self.cursor.take(12)?;
        }
        let mut append = None;
        if has(0x0100) || has(0x0200) {
            append = Some(Append {
                source: self.bone_index()?,
                ratio: self.cursor.f32()?,
                rotation: has(0x0100),
                translation: has(0x0200),
                local: has(0x0080),
            });
        }
        if has(0x0400) {
            self.cursor.take(12)?; // fixed axis: a restraint of the user interface
        }
        if has(0x0800) {
            self.cursor.take(24)?; // local axes: likewise
        }
        if has(0x2000) {
            self.cursor.take(4)?; // outside parent
        }
        let ik = if has(0x0020) { Some(self.ik()?) } else { None };
        Ok(Bone {
            name,
            position,
            parent,
            layer,
            after_physics: has(0x1000),
            may_rotate: has(0x0002),
            may_translate: has(0x0004),
            operable: has(0x0008) && has(0x0010),
            append,
            ik,
        })
    }

    fn ik(&mut self) -> Result<Ik, String> {
        Ok(Ik {
            effector: self.bone_index()?,
            iterations: self.cursor.i32()?,
            step_rad: self.cursor.f32()?,
            links: self.records("IK links", self.layout.bone as usize + 1, |r| {
                let bone = r.bone_index()?;
                let limits = if r.cursor.u8()? == 0 { None } else { Some((r.cursor.vec3()?, r.cursor.vec3()?)) };
                Ok(Link { bone, limits })
            })?,
        })
    }

    fn morph(&mut self) -> Result<Morph, String> {
        let name = [self.text()?, self.text()?];
        let panel = self.cursor.u8()?;
        let kind = self.cursor.u8()?;
        let layout = &self.layout;
        let (vertex, bone) = (layout.vertex as usize, layout.bone as usize);
        let (material, morph, body) = (layout.material, layout.morph, layout.rigid_body as usize);
        let what = "morph offsets";
        let offsets = match kind {
            0 => Offsets::Group(self.records(what, morph as usize + 4, |r| Ok((r.index(morph)?, r.cursor.f32()?)))?),
            1 => Offsets::Vertices(self.records(what, vertex + 12, |r| Ok((r.vertex_index()?, r.cursor.place()?)))?),
            2 => Offsets::Bones(self.records(what, bone + 28, |r| {
                Ok((r.bone_index()?, r.cursor.place()?, quaternion(r.cursor.vec4()?)))
            })?),
            3 => Offsets::Uvs(self.records(what, vertex + 16, |r| {
                let index = r.vertex_index()?;
                Ok((index, r.cursor.vec4()?.truncate().truncate()))
            })?),
            8 => Offsets::Materials(self.records(what, material as usize + 113, Reader::material_offset)?),
            4..=7 | 9 | 10 => {
                let size = match kind {
                    9 => morph as usize + 4,
                    10 => body + 25,
                    _ => vertex + 16,
                };
                let count = self.cursor.count(what, size)?;
                self.cursor.take(count * size)?;
                Offsets::Nothing
            }
            _ => return Err(format!("there is no kind {kind} of morph")),
        };
        Ok(Morph { name, panel, offsets })
    }

    fn material_offset(&mut self) -> Result<MaterialOffset, String> {
        let material = self.index(self.layout.material)?;
        let multiply = self.cursor.u8()? == 0;
        let diffuse = self.cursor.vec4()?;
        self.cursor.take(16)?; // specular colour and power
        let ambient = self.cursor.vec3()?;
        let edge = (self.cursor.vec4()?, self.cursor.f32()?);
        let texture = self.cursor.vec4()?;
        self.cursor.take(16)?; // factor of the sphere map, which is not drawn
        let toon = self.cursor.vec4()?.truncate();
        Ok(MaterialOffset { material, multiply, diffuse, ambient, edge, texture, toon })
    }

    /// Display frames, which are skipped, then bodies and what holds them together; soft bodies are skipped. All of it is
    /// looked at whether it is whole.
    fn physics(&mut self) -> Result<(Vec<Body>, Vec<Tie>), String> {
        let (bone, morph) = (self.layout.bone, self.layout.morph);
        self.records("display frames", 13, |r| {
            r.text()?;
            r.text()?;
            r.cursor.u8()?;
            r.records("frame entries", 2, |r| {
                let width = if r.cursor.u8()? == 0 { bone } else { morph };
                r.cursor.take(width as usize).map(|_| ())
            })?;
            Ok(())
        })?;
        let body = self.layout.rigid_body as usize;
        let bodies = self.records("rigid bodies", 69 + bone as usize, Reader::body)?;
        let ties = self.records("physics joints", 105 + 2 * body, Reader::tie)?;
        if self.layout.version > 2.05 && self.cursor.remaining() > 0 {
            let (material, vertex) = (self.layout.material as usize, self.layout.vertex as usize);
            self.records("soft bodies", 130, |r| {
                r.text()?;
                r.text()?;
                // Shape, material, group, mask, flags, link distance, clusters, mass, margin, model, then parameters:
                // 12 of the configuration, 6 of clusters, 4 iteration counts, 3 of the material.
                r.cursor.take(1 + material + 1 + 2 + 1 + 4 + 4 + 4 + 4 + 4 + 4 * (12 + 6 + 4 + 3))?;
                let anchors = r.cursor.count("anchors", body + vertex + 1)?;
                r.cursor.take(anchors * (body + vertex + 1))?;
                let pins = r.cursor.count("pinned vertices", vertex)?;
                r.cursor.take(pins * vertex).map(|_| ())
            })?;
        }
        Ok((bodies, ties))
    }

    fn body(&mut self) -> Result<Body, String> {
        let name = self.text()?;
        self.text()?;
        Body::read(name, self.bone_index()?, &mut self.cursor)
    }

    fn tie(&mut self) -> Result<Tie, String> {
        let name = self.text()?;
        self.text()?;
        self.cursor.take(1)?; // kind: 2.0 has but one, 2.1's others are read as that
        let width = self.layout.rigid_body;
        let bodies = [self.index(width)?, self.index(width)?];
        Tie::read(name, bodies, &mut self.cursor)
    }
}

impl Body {
    /// What PMX and PMD have alike: from the group on.
    pub(in crate::figure) fn read(name: String, bone: i32, cursor: &mut Cursor) -> Result<Self, String> {
        Ok(Self {
            name,
            bone,
            group: cursor.u8()?,
            mask: cursor.u16()?,
            shape: cursor.u8()?,
            size: cursor.vec3()?,
            position: cursor.place()?,
            rotation: cursor.vec3()?,
            mass: cursor.f32_or(1.0)?,
            damping: [cursor.f32()?, cursor.f32()?],
            surface: [cursor.f32()?, cursor.f32()?],
            mode: cursor.u8()?,
        })
    }
}

impl Tie {
    /// What PMX and PMD have alike: from the place on.
    pub(in crate::figure) fn read(name: String, bodies: [i32; 2], cursor: &mut Cursor) -> Result<Self, String> {
        Ok(Self {
            name,
            bodies,
            position: cursor.vec3()?,
            rotation: cursor.vec3()?,
            shifts: [cursor.vec3()?, cursor.vec3()?],
            turns: [cursor.vec3()?, cursor.vec3()?],
            pulls: cursor.vec3()?,
            springs: cursor.vec3()?,
        })
    }
}

/// The rotation that a file's four numbers mean; no rotation where they mean none.
fn quaternion(xyzw: Vec4) -> Quat {
    xyzw.try_normalize().map_or(Quat::IDENTITY, Quat::from_vec4)
}
